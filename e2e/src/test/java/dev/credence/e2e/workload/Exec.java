package dev.credence.e2e.workload;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// execv(2): the process stays, the program changes.
///
/// @param keepSockets open sockets stay open in the new program, as a hostile one would have it
@SuppressWarnings("restricted")
record Exec(boolean keepSockets) {

  private static final int F_SETFD = 2;
  private static final Linker LINKER = Linker.nativeLinker();

  /// Becomes the program `command.getFirst()`.
  ///
  /// @throws IOException it could not
  void become(List<String> command) throws IOException {
    if (keepSockets) {
      keep();
    }
    try (var arena = Arena.ofConfined()) {
      var arguments = arena.allocate(ADDRESS, command.size() + 1L);
      for (int i = 0; i < command.size(); i++) {
        arguments.setAtIndex(ADDRESS, i, arena.allocateFrom(command.get(i)));
      }
      arguments.setAtIndex(ADDRESS, command.size(), MemorySegment.NULL);
      var execv = function("execv", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
      int failed =
          call(() -> (int) execv.invokeExact(arena.allocateFrom(command.getFirst()), arguments));
      throw new IOException("execv(\"%s\") returned %d".formatted(command.getFirst(), failed));
    }
  }

  private static void keep() throws IOException {
    var fcntl =
        LINKER.downcallHandle(
            LINKER.defaultLookup().find("fcntl").orElseThrow(),
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
            Linker.Option.firstVariadicArg(2));
    try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
      for (var entry : descriptors.toList()) {
        if (Files.isSymbolicLink(entry)
            && Files.readSymbolicLink(entry).toString().startsWith("socket:")) {
          int descriptor = Integer.parseInt(entry.getFileName().toString());
          call(() -> (int) fcntl.invokeExact(descriptor, F_SETFD, 0));
        }
      }
    }
  }

  private static MethodHandle function(String name, FunctionDescriptor type) {
    return LINKER.downcallHandle(LINKER.defaultLookup().find(name).orElseThrow(), type);
  }

  private static int call(Foreign foreign) throws IOException {
    try {
      return foreign.call();
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IOException(e);
    }
  }

  @FunctionalInterface
  private interface Foreign {
    int call() throws Throwable;
  }
}
