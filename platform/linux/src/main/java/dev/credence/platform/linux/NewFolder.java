package dev.credence.platform.linux;

import java.io.IOException;
import java.nio.file.Path;

/// A folder of this daemon in which a tree is made or removed, by descriptor and with the daemon's
/// own rights. For one thread.
public final class NewFolder implements AutoCloseable {
  /// The time that everything sealed has: 1 January 1980, the first that archives can tell.
  public static final long SEALED_AT = 315_532_800L;

  private static final int PRIVATE = 0x1c0;
  private static final int HIDDEN_FILE = 0x180;
  private static final int SEALED = 0x16d;
  private static final int MOST = 1 << 20;
  private static final int OPEN =
      FileCalls.O_CLOEXEC | FileCalls.O_DIRECTORY | FileCalls.O_NOFOLLOW;

  private final Descriptor folder;

  private NewFolder(Descriptor folder) {
    this.folder = folder;
  }

  /// Opens a folder that only this daemon may write to.
  public static NewFolder at(Path path) throws IOException {
    try (Libc libc = Libc.frame()) {
      return new NewFolder(
          opened(libc.openat(Libc.NO_DIRECTORY, path.toString(), OPEN), path.toString()));
    }
  }

  /// Makes a folder in this one, closed to others until it is sealed.
  public NewFolder folder(String name) throws IOException {
    try (Libc libc = Libc.frame()) {
      check("mkdir", name, folder.use(fd -> FileCalls.mkdirat(libc, fd, name, PRIVATE)));
      return enter(name);
    }
  }

  /// Opens a folder that is in this one.
  public NewFolder enter(String name) throws IOException {
    try (Libc libc = Libc.frame()) {
      return new NewFolder(opened(folder.use(fd -> libc.openat(fd, name, OPEN)), name));
    }
  }

  /// Makes a file in this folder.
  public NewFile file(String name) throws IOException {
    try (Libc libc = Libc.frame()) {
      return new NewFile(
          opened(folder.use(fd -> FileCalls.create(libc, fd, name, HIDDEN_FILE)), name));
    }
  }

  /// Makes a symbolic link in this folder.
  public void link(String name, String target) throws IOException {
    try (Libc libc = Libc.frame()) {
      check("symlink", name, folder.use(fd -> FileCalls.symlinkat(libc, target, fd, name)));
    }
  }

  /// Gives a name in this folder another one, which must be free, or an empty folder's.
  public void rename(String from, String to) throws IOException {
    try (Libc libc = Libc.frame()) {
      check("rename", from, folder.use(fd -> FileCalls.renameat(libc, fd, from, to)));
    }
  }

  /// Sets the times of what is under a name to now.
  public void touch(String name) throws IOException {
    try (Libc libc = Libc.frame()) {
      check("utimensat", name, folder.use(fd -> FileCalls.touch(libc, fd, name)));
    }
  }

  /// Makes it what it stays: readable by all, writable by nobody, with a fixed time. Last of all,
  /// since a change in it changes its time.
  public void seal() throws IOException {
    seal(folder, SEALED);
  }

  static void seal(Descriptor made, int mode) throws IOException {
    try (Libc libc = Libc.frame()) {
      check("fchmod", "", made.use(fd -> FileCalls.fchmod(libc, fd, mode)));
      check("futimens", "", made.use(fd -> FileCalls.futimens(libc, fd, SEALED_AT)));
    }
  }

  /// Removes what is under a name, with all that is in it. Nothing there: nothing to do.
  public void remove(String name) throws IOException {
    try (Libc libc = Libc.frame()) {
      long result = folder.use(fd -> FileCalls.unlinkat(libc, fd, name, 0));
      if (result == 0 || Errno.ENOENT.is(result)) {
        return;
      }
      try (NewFolder inner = enter(name)) {
        inner.empty();
      }
      check(
          "rmdir",
          name,
          folder.use(fd -> FileCalls.unlinkat(libc, fd, name, FileCalls.AT_REMOVEDIR)));
    }
  }

  private void empty() throws IOException {
    try (Libc libc = Libc.frame()) {
      check("fchmod", "", folder.use(fd -> FileCalls.fchmod(libc, fd, PRIVATE)));
    }
    for (FolderEntry entry : folder.use(fd -> FolderListing.read(fd, MOST, Integer.MAX_VALUE))) {
      remove(entry.name());
    }
  }

  private static Descriptor opened(long result, String name) throws IOException {
    check("open", name, result);
    return Descriptor.of(result, "open " + Quoted.of(name));
  }

  private static void check(String call, String name, long result) throws FileRefusedException {
    if (result < 0) {
      throw FileRefusedException.of(call + "(" + Quoted.of(name) + ")", result);
    }
  }

  /// Idempotent.
  @Override
  public void close() {
    folder.close();
  }
}
