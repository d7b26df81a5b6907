package dev.credence.platform.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// Unix sockets by file descriptor, which the JDK's own do not show.
final class Sockets {
  private static final Linker LINKER = Linker.nativeLinker();

  private Sockets() {}

  @SuppressWarnings("restricted")
  private static int call(String name, MemoryLayout[] shape, Object... arguments) {
    try {
      var handle =
          LINKER.downcallHandle(
              LINKER.defaultLookup().findOrThrow(name), FunctionDescriptor.of(JAVA_INT, shape));
      int result = (int) handle.invokeWithArguments(arguments);
      if (result < 0) {
        throw new AssertionError(name + " failed");
      }
      return result;
    } catch (Throwable e) {
      throw new AssertionError(name, e);
    }
  }

  private static MemoryLayout[] shape(MemoryLayout... arguments) {
    return arguments;
  }

  /// A listening socket.
  static int listen(Path path) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(110, 2);
      address.set(JAVA_SHORT, 0, (short) 1);
      address.setString(2, path.toString());
      int socket = call("socket", shape(JAVA_INT, JAVA_INT, JAVA_INT), 1, 1 | 0x80000, 0);
      call("bind", shape(JAVA_INT, ADDRESS, JAVA_INT), socket, address, 110);
      call("listen", shape(JAVA_INT, JAVA_INT), socket, 8);
      return socket;
    }
  }

  static int accept(int listening) {
    return call(
        "accept4",
        shape(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT),
        listening,
        MemorySegment.NULL,
        MemorySegment.NULL,
        0x80000);
  }

  static void close(int fd) {
    try (Libc libc = Libc.frame()) {
      libc.close(fd);
    }
  }
}
