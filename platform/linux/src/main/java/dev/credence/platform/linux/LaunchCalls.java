package dev.credence.platform.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;

/// The C functions that starting programs needs: sockets that carry descriptors, views of the file
/// system, posix_spawn, terminals. As in [Libc], a failed call answers the negative error number,
/// and an instance is a frame, confined to the thread that opened it.
final class LaunchCalls implements AutoCloseable {
  private static final int NOT_VARIADIC = Libc.NOT_VARIADIC;
  private static final MethodHandle SYSCALL =
      Libc.longs("syscall", 1, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle CONNECT =
      Libc.ints("connect", NOT_VARIADIC, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle LISTEN = Libc.ints("listen", NOT_VARIADIC, JAVA_INT, JAVA_INT);
  private static final MethodHandle ACCEPT4 =
      Libc.ints("accept4", NOT_VARIADIC, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
  private static final MethodHandle SHUTDOWN =
      Libc.ints("shutdown", NOT_VARIADIC, JAVA_INT, JAVA_INT);
  private static final MethodHandle SENDMSG =
      Libc.longs("sendmsg", NOT_VARIADIC, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle RECVMSG =
      Libc.longs("recvmsg", NOT_VARIADIC, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle POLL =
      Libc.ints("poll", NOT_VARIADIC, ADDRESS, JAVA_LONG, JAVA_INT);
  private static final MethodHandle PIPE2 = Libc.ints("pipe2", NOT_VARIADIC, ADDRESS, JAVA_INT);
  private static final MethodHandle UNSHARE = Libc.ints("unshare", NOT_VARIADIC, JAVA_INT);
  private static final MethodHandle MOUNT =
      Libc.ints("mount", NOT_VARIADIC, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS);
  private static final MethodHandle FCHDIR = Libc.ints("fchdir", NOT_VARIADIC, JAVA_INT);
  private static final MethodHandle UMASK = Libc.ints("umask", NOT_VARIADIC, JAVA_INT);
  private static final MethodHandle WAITID =
      Libc.ints("waitid", NOT_VARIADIC, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle PRLIMIT =
      Libc.ints("prlimit64", NOT_VARIADIC, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
  private static final MethodHandle SETPRIORITY =
      Libc.ints("setpriority", NOT_VARIADIC, JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle IOCTL = Libc.ints("ioctl", 2, JAVA_INT, JAVA_LONG, ADDRESS);
  private static final MethodHandle FCHOWN =
      Libc.ints("fchown", NOT_VARIADIC, JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle ISATTY = Libc.ints("isatty", NOT_VARIADIC, JAVA_INT);
  private static final MethodHandle TCGETATTR =
      Libc.ints("tcgetattr", NOT_VARIADIC, JAVA_INT, ADDRESS);
  private static final MethodHandle TCSETATTR =
      Libc.ints("tcsetattr", NOT_VARIADIC, JAVA_INT, JAVA_INT, ADDRESS);
  private static final MethodHandle EXECVE =
      Libc.ints("execve", NOT_VARIADIC, ADDRESS, ADDRESS, ADDRESS);
  private static final MethodHandle SIGPROCMASK =
      Libc.ints("pthread_sigmask", NOT_VARIADIC, JAVA_INT, ADDRESS, ADDRESS);
  private static final MethodHandle KILL = Libc.ints("kill", NOT_VARIADIC, JAVA_INT, JAVA_INT);

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment state = arena.allocate(Libc.STATE);

  static LaunchCalls frame() {
    return new LaunchCalls();
  }

  /// Zeroed memory that lives as long as this frame.
  MemorySegment allocate(long size, long alignment) {
    return arena.allocate(size, alignment);
  }

  /// A C string.
  MemorySegment string(String text) {
    return arena.allocateFrom(text);
  }

  /// A NULL-terminated vector of C strings.
  MemorySegment strings(List<String> all) {
    MemorySegment vector = arena.allocate(8L * (all.size() + 1), 8);
    for (int i = 0; i < all.size(); i++) {
      vector.set(ADDRESS, 8L * i, arena.allocateFrom(all.get(i)));
    }
    return vector;
  }

  long connect(int fd, MemorySegment address, int length) {
    try {
      return result((int) CONNECT.invokeExact(state, fd, address, length));
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  long listen(int fd, int backlog) {
    try {
      return result((int) LISTEN.invokeExact(state, fd, backlog));
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  long accept4(int fd, int flags) {
    try {
      return result(
          (int) ACCEPT4.invokeExact(state, fd, MemorySegment.NULL, MemorySegment.NULL, flags));
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  long shutdown(int fd, int how) {
    try {
      return result((int) SHUTDOWN.invokeExact(state, fd, how));
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  long sendmsg(int fd, MemorySegment message, int flags) {
    try {
      return result((long) SENDMSG.invokeExact(state, fd, message, flags));
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  long recvmsg(int fd, MemorySegment message, int flags) {
    try {
      return result((long) RECVMSG.invokeExact(state, fd, message, flags));
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  /// @param entries `struct pollfd`, eight bytes each
  long poll(MemorySegment entries, int timeoutMillis) {
    try {
      return result((int) POLL.invokeExact(state, entries, entries.byteSize() / 8, timeoutMillis));
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  /// @param ends two numbers: where it is read, and where it is written
  long pipe2(MemorySegment ends, int flags) {
    try {
      return result((int) PIPE2.invokeExact(state, ends, flags));
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  /// Of the calling thread alone.
  long unshare(int flags) {
    try {
      return result((int) UNSHARE.invokeExact(state, flags));
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  /// A bind mount, or a change of a mount's flags: neither has a type or options.
  long mount(String source, String target, long flags) {
    try {
      return result(
          (int)
              MOUNT.invokeExact(
                  state,
                  string(source),
                  string(target),
                  string("none"),
                  flags,
                  MemorySegment.NULL));
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  long fchdir(int fd) {
    try {
      return result((int) FCHDIR.invokeExact(state, fd));
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  /// Answers the one before; never fails.
  long umask(int mask) {
    try {
      return (int) UMASK.invokeExact(state, mask);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  long waitid(int kind, int id, MemorySegment into, int options) {
    try {
      return result((int) WAITID.invokeExact(state, kind, id, into, options));
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  /// @param now the new limits, or NULL
  /// @param before where the old ones go, or NULL
  long prlimit(int pid, int resource, MemorySegment now, MemorySegment before) {
    try {
      return result((int) PRLIMIT.invokeExact(state, pid, resource, now, before));
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  long setpriority(int which, int who, int value) {
    try {
      return result((int) SETPRIORITY.invokeExact(state, which, who, value));
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  long ioctl(int fd, long request, MemorySegment argument) {
    try {
      return result((int) IOCTL.invokeExact(state, fd, request, argument));
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  long fchown(int fd, int uid, int gid) {
    try {
      return result((int) FCHOWN.invokeExact(state, fd, uid, gid));
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  boolean isatty(int fd) {
    try {
      return (int) ISATTY.invokeExact(state, fd) == 1;
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  long tcgetattr(int fd, MemorySegment into) {
    try {
      return result((int) TCGETATTR.invokeExact(state, fd, into));
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  long tcsetattr(int fd, int when, MemorySegment from) {
    try {
      return result((int) TCSETATTR.invokeExact(state, fd, when, from));
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  /// Returns only if it failed.
  long execve(String program, List<String> arguments, List<String> environment) {
    try {
      return result(
          (int)
              EXECVE.invokeExact(state, string(program), strings(arguments), strings(environment)));
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  /// Of the calling thread. Answers the error number itself, negated.
  long sigmask(int how, MemorySegment set) {
    try {
      return -(int) SIGPROCMASK.invokeExact(state, how, set, MemorySegment.NULL);
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  long kill(int pid, int signal) {
    try {
      return result((int) KILL.invokeExact(state, pid, signal));
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  long pidfdSendSignal(int pidfd, int signal) {
    return syscall(Architecture.SYS_PIDFD_SEND_SIGNAL, pidfd, signal, 0, 0);
  }

  /// Opens by `struct open_how`, 24 bytes: flags, mode, resolve.
  long openat2(int directory, String path, MemorySegment how) {
    return syscall(
        Architecture.SYS_OPENAT2, directory, string(path).address(), how.address(), how.byteSize());
  }

  long closeRange(int first, int flags) {
    return syscall(Architecture.SYS_CLOSE_RANGE, first, 0xffffffffL, flags, 0);
  }

  /// A new, empty session keyring for the calling thread and what it starts.
  long joinSessionKeyring() {
    return syscall(Architecture.current().keyctl(), 1, 0, 0, 0);
  }

  /// bpf(2).
  long bpf(int command, MemorySegment attributes) {
    return syscall(
        Architecture.current().bpf(), command, attributes.address(), attributes.byteSize(), 0);
  }

  private long syscall(int number, long a, long b, long c, long d) {
    try {
      return result((long) SYSCALL.invokeExact(state, (long) number, a, b, c, d));
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  /// `struct pollfd` of one descriptor, for [#poll].
  static void entry(MemorySegment entries, int index, int fd, short events) {
    entries.set(JAVA_INT, index * 8L, fd);
    entries.set(JAVA_SHORT, index * 8L + 4, events);
    entries.set(JAVA_SHORT, index * 8L + 6, (short) 0);
  }

  @Override
  public void close() {
    arena.close();
  }

  private long result(long answer) {
    return answer == -1 ? -(int) Libc.ERRNO.get(state, 0L) : answer;
  }
}
