package dev.credence.platform.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;

/// The C functions that we call, one method each (those of launching: [LaunchCalls]). A failed call
/// answers the negative error number.
///
/// An instance is a frame: memory for the arguments of a few calls in a row, released by
/// [#close()]. Confined to the thread that opened it.
final class Libc implements AutoCloseable {
  /// `AT_FDCWD`: paths are not relative to a descriptor.
  static final int NO_DIRECTORY = -100;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup SYMBOLS = LINKER.defaultLookup();
  static final StructLayout STATE = Linker.Option.captureStateLayout();
  static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  static final int NOT_VARIADIC = -1;

  private static final MethodHandle SYSCALL = longs("syscall", 1, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle SOCKET =
      ints("socket", NOT_VARIADIC, JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle GETSOCKOPT =
      ints("getsockopt", NOT_VARIADIC, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
  private static final MethodHandle SETSOCKOPT =
      ints("setsockopt", NOT_VARIADIC, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle BIND = ints("bind", NOT_VARIADIC, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle POLL = ints("poll", NOT_VARIADIC, ADDRESS, JAVA_LONG, JAVA_INT);
  private static final MethodHandle CLOSE = ints("close", NOT_VARIADIC, JAVA_INT);
  private static final MethodHandle OPENAT = ints("openat", 3, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle READ =
      longs("read", NOT_VARIADIC, JAVA_INT, ADDRESS, JAVA_LONG);
  private static final MethodHandle WRITE =
      longs("write", NOT_VARIADIC, JAVA_INT, ADDRESS, JAVA_LONG);
  private static final MethodHandle PREAD =
      longs("pread", NOT_VARIADIC, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle READLINKAT =
      longs("readlinkat", NOT_VARIADIC, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG);
  private static final MethodHandle STATX =
      ints("statx", NOT_VARIADIC, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
  private static final MethodHandle FSTATFS = ints("fstatfs", NOT_VARIADIC, JAVA_INT, ADDRESS);
  private static final MethodHandle FCNTL = ints("fcntl", 2, JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle EPOLL_CREATE1 = ints("epoll_create1", NOT_VARIADIC, JAVA_INT);
  private static final MethodHandle EPOLL_CTL =
      ints("epoll_ctl", NOT_VARIADIC, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
  private static final MethodHandle EPOLL_WAIT =
      ints("epoll_wait", NOT_VARIADIC, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
  private static final MethodHandle EVENTFD = ints("eventfd", NOT_VARIADIC, JAVA_INT, JAVA_INT);
  private static final MethodHandle CLOCK_GETTIME =
      ints("clock_gettime", NOT_VARIADIC, JAVA_INT, ADDRESS);
  private static final MethodHandle SYSCONF = longs("sysconf", NOT_VARIADIC, JAVA_INT);
  private static final MethodHandle GETPID = ints("getpid", NOT_VARIADIC);
  private static final MethodHandle PRCTL = ints("prctl", 1, JAVA_INT, JAVA_LONG);

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment state = arena.allocate(STATE);

  /// Opens a frame.
  static Libc frame() {
    return new Libc();
  }

  static MethodHandle ints(String name, int firstVariadic, ValueLayout... arguments) {
    return handle(name, firstVariadic, FunctionDescriptor.of(JAVA_INT, arguments));
  }

  static MethodHandle longs(String name, int firstVariadic, ValueLayout... arguments) {
    return handle(name, firstVariadic, FunctionDescriptor.of(JAVA_LONG, arguments));
  }

  @SuppressWarnings("restricted") // the names and shapes above are those of the C library
  private static MethodHandle handle(String name, int firstVariadic, FunctionDescriptor shape) {
    List<Linker.Option> options = new ArrayList<>();
    options.add(Linker.Option.captureCallState("errno"));
    if (firstVariadic != NOT_VARIADIC) {
      options.add(Linker.Option.firstVariadicArg(firstVariadic));
    }
    return LINKER.downcallHandle(
        SYMBOLS.findOrThrow(name), shape, options.toArray(Linker.Option[]::new));
  }

  /// Zeroed memory that lives as long as this frame.
  MemorySegment allocate(long size, long alignment) {
    return arena.allocate(size, alignment);
  }

  /// Where a call leaves its error number: the first argument of every handle.
  MemorySegment state() {
    return state;
  }

  /// Text as a C string that lives as long as this frame.
  MemorySegment text(String text) {
    return arena.allocateFrom(text);
  }

  long pidfdOpen(int pid) {
    try {
      return result(
          (long) SYSCALL.invokeExact(state, (long) Architecture.SYS_PIDFD_OPEN, (long) pid, 0L));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  long socket(int domain, int type, int protocol) {
    try {
      return result((int) SOCKET.invokeExact(state, domain, type, protocol));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  long getsockopt(int fd, int level, int option, MemorySegment value, MemorySegment length) {
    try {
      return result((int) GETSOCKOPT.invokeExact(state, fd, level, option, value, length));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  long setsockopt(int fd, int level, int option, MemorySegment value) {
    try {
      int length = (int) value.byteSize();
      return result((int) SETSOCKOPT.invokeExact(state, fd, level, option, value, length));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  long bind(int fd, MemorySegment address) {
    try {
      int length = (int) address.byteSize();
      return result((int) BIND.invokeExact(state, fd, address, length));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /// Waits for events of one descriptor; answers the events that are there, or 0 after the timeout.
  long poll(int fd, short events, int timeoutMillis) {
    MemorySegment entry = arena.allocate(8, 4);
    entry.set(JAVA_INT, 0, fd);
    entry.set(ValueLayout.JAVA_SHORT, 4, events);
    try {
      long ready = result((int) POLL.invokeExact(state, entry, 1L, timeoutMillis));
      return ready > 0 ? entry.get(ValueLayout.JAVA_SHORT, 6) : ready;
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  long close(int fd) {
    try {
      return result((int) CLOSE.invokeExact(state, fd));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  long openat(int directory, String path, int flags) {
    try {
      return result((int) OPENAT.invokeExact(state, directory, arena.allocateFrom(path), flags));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  long read(int fd, MemorySegment into) {
    try {
      return result((long) READ.invokeExact(state, fd, into, into.byteSize()));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  long pread(int fd, MemorySegment into, long offset) {
    try {
      return result((long) PREAD.invokeExact(state, fd, into, into.byteSize(), offset));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  long write(int fd, MemorySegment from) {
    try {
      return result((long) WRITE.invokeExact(state, fd, from, from.byteSize()));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  long readlinkat(int directory, String path, MemorySegment into) {
    try {
      return result(
          (long)
              READLINKAT.invokeExact(
                  state, directory, arena.allocateFrom(path), into, into.byteSize()));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  long statx(int directory, String path, int flags, int mask, MemorySegment into) {
    try {
      return result(
          (int) STATX.invokeExact(state, directory, arena.allocateFrom(path), flags, mask, into));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  long fstatfs(int fd, MemorySegment into) {
    try {
      return result((int) FSTATFS.invokeExact(state, fd, into));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  long fcntl(int fd, int command, int argument) {
    try {
      return result((int) FCNTL.invokeExact(state, fd, command, argument));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  long epollCreate(int flags) {
    try {
      return result((int) EPOLL_CREATE1.invokeExact(state, flags));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  long epollCtl(int epoll, int operation, int fd, MemorySegment event) {
    try {
      return result((int) EPOLL_CTL.invokeExact(state, epoll, operation, fd, event));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  long epollWait(int epoll, MemorySegment events, int count, int timeoutMillis) {
    try {
      return result((int) EPOLL_WAIT.invokeExact(state, epoll, events, count, timeoutMillis));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  long eventfd(int flags) {
    try {
      return result((int) EVENTFD.invokeExact(state, 0, flags));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  long clockGettime(int clock, MemorySegment into) {
    try {
      return result((int) CLOCK_GETTIME.invokeExact(state, clock, into));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  long sysconf(int name) {
    try {
      return result((long) SYSCONF.invokeExact(state, name));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  int getpid() {
    try {
      return (int) GETPID.invokeExact(state);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  long prctl(int option, long argument) {
    try {
      return result((int) PRCTL.invokeExact(state, option, argument));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  @Override
  public void close() {
    arena.close();
  }

  /// What a call answered, or its negative error number.
  long result(long answer) {
    return answer == -1 ? -(int) ERRNO.get(state, 0L) : answer;
  }

  /// A downcall throws nothing of its own; only errors of the JVM (memory, stack) come this way.
  static Error impossible(Throwable thrown) {
    return thrown instanceof Error error ? error : new AssertionError("native call", thrown);
  }
}
