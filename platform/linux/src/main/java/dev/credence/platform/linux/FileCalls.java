package dev.credence.platform.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// The C functions that read and make trees of files, and those that say with whose rights. As in
/// [Libc], a failed call answers the negative error number. All paths are given to the kernel as
/// UTF-8, whatever the locale: the JDK's own would be `?` under a C locale.
///
/// The three that set ids change the calling thread alone: `setfsuid` and `setfsgid` by nature,
/// `setgroups` since it goes past libc, which would tell all threads.
final class FileCalls {
  static final int O_WRONLY_CREAT_EXCL = 0x1 | 0x40 | 0x80;
  static final int O_NONBLOCK = 0x800;
  static final int O_NOCTTY = 0x100;
  static final int O_CLOEXEC = 0x80000;
  static final int O_PATH = 0x200000;
  static final int O_DIRECTORY = Architecture.current().directoryFlag();
  static final int O_NOFOLLOW = Architecture.current().noFollowFlag();
  static final int AT_REMOVEDIR = 0x200;

  /// No mount point is crossed.
  static final int RESOLVE_NO_XDEV = 1;

  /// Links of /proc are not followed: they lead to what a process has open, ours included.
  static final int RESOLVE_NO_MAGICLINKS = 2;

  /// No link at all is followed.
  static final int RESOLVE_NO_SYMLINKS = 4;

  /// Nothing outside of the folder is reached.
  static final int RESOLVE_BENEATH = 8;

  private static final int NOBODY = -1;
  private static final Architecture HERE = Architecture.current();

  private static final MethodHandle SYSCALL5 =
      Libc.longs("syscall", 1, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle SYSCALL3 =
      Libc.longs("syscall", 1, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle SETFSUID = Libc.ints("setfsuid", Libc.NOT_VARIADIC, JAVA_INT);
  private static final MethodHandle SETFSGID = Libc.ints("setfsgid", Libc.NOT_VARIADIC, JAVA_INT);
  private static final MethodHandle GETDENTS64 =
      Libc.longs("getdents64", Libc.NOT_VARIADIC, JAVA_INT, ADDRESS, JAVA_LONG);
  private static final MethodHandle OPENAT_MODE =
      Libc.ints("openat", 3, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
  private static final MethodHandle MKDIRAT =
      Libc.ints("mkdirat", Libc.NOT_VARIADIC, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle SYMLINKAT =
      Libc.ints("symlinkat", Libc.NOT_VARIADIC, ADDRESS, JAVA_INT, ADDRESS);
  private static final MethodHandle UNLINKAT =
      Libc.ints("unlinkat", Libc.NOT_VARIADIC, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle RENAMEAT =
      Libc.ints("renameat", Libc.NOT_VARIADIC, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS);
  private static final MethodHandle FCHMOD =
      Libc.ints("fchmod", Libc.NOT_VARIADIC, JAVA_INT, JAVA_INT);
  private static final MethodHandle FUTIMENS =
      Libc.ints("futimens", Libc.NOT_VARIADIC, JAVA_INT, ADDRESS);
  private static final MethodHandle UTIMENSAT =
      Libc.ints("utimensat", Libc.NOT_VARIADIC, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);

  private FileCalls() {}

  /// `openat2(2)`: kernel 5.6 and later.
  static long openat2(Libc libc, int directory, String path, int flags, int resolve) {
    MemorySegment name = libc.text(path);
    MemorySegment how = libc.allocate(24, 8);
    how.set(JAVA_LONG, 0, Integer.toUnsignedLong(flags));
    how.set(JAVA_LONG, 16, resolve);
    try {
      return libc.result(
          (long)
              SYSCALL5.invokeExact(
                  libc.state(),
                  (long) Architecture.SYS_OPENAT2,
                  (long) directory,
                  name.address(),
                  how.address(),
                  how.byteSize()));
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  /// Entries of an open folder, as the kernel writes them.
  static long getdents(Libc libc, int fd, MemorySegment into) {
    try {
      return libc.result((long) GETDENTS64.invokeExact(libc.state(), fd, into, into.byteSize()));
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  /// Makes a new file for writing.
  static long create(Libc libc, int directory, String name, int mode) {
    int flags = O_WRONLY_CREAT_EXCL | O_CLOEXEC | O_NOFOLLOW;
    try {
      return libc.result(
          (int) OPENAT_MODE.invokeExact(libc.state(), directory, libc.text(name), flags, mode));
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  static long mkdirat(Libc libc, int directory, String name, int mode) {
    try {
      return libc.result((int) MKDIRAT.invokeExact(libc.state(), directory, libc.text(name), mode));
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  static long symlinkat(Libc libc, String target, int directory, String name) {
    try {
      return libc.result(
          (int) SYMLINKAT.invokeExact(libc.state(), libc.text(target), directory, libc.text(name)));
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  static long unlinkat(Libc libc, int directory, String name, int flags) {
    try {
      return libc.result(
          (int) UNLINKAT.invokeExact(libc.state(), directory, libc.text(name), flags));
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  /// Within one folder.
  static long renameat(Libc libc, int directory, String from, String to) {
    try {
      return libc.result(
          (int)
              RENAMEAT.invokeExact(
                  libc.state(), directory, libc.text(from), directory, libc.text(to)));
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  static long fchmod(Libc libc, int fd, int mode) {
    try {
      return libc.result((int) FCHMOD.invokeExact(libc.state(), fd, mode));
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  /// Sets both times of an open file, in seconds since 1970.
  static long futimens(Libc libc, int fd, long seconds) {
    MemorySegment times = libc.allocate(32, 8);
    times.set(JAVA_LONG, 0, seconds);
    times.set(JAVA_LONG, 16, seconds);
    try {
      return libc.result((int) FUTIMENS.invokeExact(libc.state(), fd, times));
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  /// Sets both times of what is there under a name to now.
  static long touch(Libc libc, int directory, String name) {
    try {
      return libc.result(
          (int)
              UTIMENSAT.invokeExact(
                  libc.state(), directory, libc.text(name), MemorySegment.NULL, 0));
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  /// Sets this thread's file system uid. The call never says whether it worked, so it is asked.
  static boolean setfsuid(Libc libc, int uid) {
    try {
      int _ = (int) SETFSUID.invokeExact(libc.state(), uid);
      return (int) SETFSUID.invokeExact(libc.state(), NOBODY) == uid;
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  /// As [#setfsuid].
  static boolean setfsgid(Libc libc, int gid) {
    try {
      int _ = (int) SETFSGID.invokeExact(libc.state(), gid);
      return (int) SETFSGID.invokeExact(libc.state(), NOBODY) == gid;
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  /// Sets this thread's supplementary groups.
  static long setGroups(Libc libc, int[] groups) {
    MemorySegment list = libc.allocate(Math.max(4L, groups.length * 4L), 4);
    MemorySegment.copy(groups, 0, list, JAVA_INT, 0, groups.length);
    return syscall(libc, HERE.setGroups(), groups.length, list.address());
  }

  /// How many supplementary groups this thread has, which are put into `into`.
  static long getGroups(Libc libc, MemorySegment into) {
    return syscall(libc, HERE.getGroups(), into.byteSize() / 4, into.address());
  }

  private static long syscall(Libc libc, long number, long first, long second) {
    try {
      return libc.result((long) SYSCALL3.invokeExact(libc.state(), number, first, second));
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }
}
