package dev.credence.platform.linux;

import java.io.IOException;

/// What the calling thread, and every program that it starts from now on, sees of the file system.
/// For a thread of its own that ends soon after: nothing of it can be undone. Needs CAP_SYS_ADMIN.
public final class PrivateView {
  private static final int CLONE_FS = 0x200;
  private static final int CLONE_NEWNS = 0x20000;
  private static final long MS_RDONLY = 1;
  private static final long MS_NOSUID = 2;
  private static final long MS_NODEV = 4;
  private static final long MS_REMOUNT = 32;
  private static final long MS_BIND = 4096;
  private static final long MS_REC = 16384;
  private static final long MS_PRIVATE = 1 << 18;

  private PrivateView() {}

  /// Leaves this process's mount namespace for a copy of it, of which neither side sees later
  /// changes of the other, and its session keyring for an empty one.
  public static void enter() throws IOException {
    try (LaunchCalls calls = LaunchCalls.frame()) {
      require(calls.unshare(CLONE_FS | CLONE_NEWNS), "unshare(CLONE_FS | CLONE_NEWNS)");
      require(calls.mount("none", "/", MS_REC | MS_PRIVATE), "mount(/, MS_PRIVATE)");
    }
    leaveKeyring();
  }

  /// Leaves this process's session keyring for an empty one: what is started would inherit it.
  /// Needs no rights.
  public static void leaveKeyring() throws IOException {
    try (LaunchCalls calls = LaunchCalls.frame()) {
      long keyring = calls.joinSessionKeyring();
      boolean none = Errno.ENOSYS.is(keyring) || Errno.EPERM.is(keyring);
      if (!none) {
        require(keyring, "keyctl(KEYCTL_JOIN_SESSION_KEYRING)");
      }
    }
  }

  /// Lays a folder over another one, read-only. Both are opened in this view: by a path without
  /// links, and only if that is the folder that is meant.
  ///
  /// @param covered canonical path of the folder that is to be hidden
  /// @param expected that folder, as it was opened before
  /// @param shown canonical path of the folder that is seen there from now on
  /// @throws IOException if another folder is at one of the paths by now
  public static void cover(String covered, OpenFile expected, String shown) throws IOException {
    try (OpenFile target = OpenFile.withoutLinks(covered);
        OpenFile source = OpenFile.withoutLinks(shown);
        LaunchCalls calls = LaunchCalls.frame()) {
      if (!target.isSame(expected) || !target.isFolder() || !source.isFolder()) {
        throw new IOException(covered + " is another folder than before");
      }
      require(calls.mount(self(source), self(target), MS_BIND), "mount(" + covered + ", MS_BIND)");
      try (OpenFile top = OpenFile.withoutLinks(covered)) {
        if (!top.isSame(source)) {
          throw new IOException(covered + " does not show the copy");
        }
        long flags = MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV;
        require(calls.mount("none", self(top), flags), "mount(" + covered + ", MS_RDONLY)");
      }
    }
  }

  /// Changes the folder of the calling thread.
  public static void workIn(OpenFile folder) throws IOException {
    try (LaunchCalls calls = LaunchCalls.frame()) {
      require(calls.fchdir(folder.fd()), "fchdir");
    }
  }

  /// Changes the file mode mask of the calling thread, which has a view of its own.
  public static void maskModes(int mask) {
    try (LaunchCalls calls = LaunchCalls.frame()) {
      var _ = calls.umask(mask & 0777);
    }
  }

  /// Inode of the calling thread's mount namespace.
  public static long namespace() throws IOException {
    return FileStat.following(Libc.NO_DIRECTORY, "/proc/thread-self/ns/mnt").version().inode();
  }

  private static String self(OpenFile file) {
    return "/proc/self/fd/" + file.fd();
  }

  private static void require(long result, String call) throws IOException {
    if (result < 0) {
      throw new SystemCallException(call, result);
    }
  }
}
