package dev.credence.platform.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// posix_spawn(3) and what it is told. These functions answer the error number itself.
final class SpawnCalls {
  private static final MethodHandle SPAWN =
      handle("posix_spawn", ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
  private static final MethodHandle ACTIONS_INIT = handle("posix_spawn_file_actions_init", ADDRESS);
  private static final MethodHandle ACTIONS_DESTROY =
      handle("posix_spawn_file_actions_destroy", ADDRESS);
  private static final MethodHandle ADD_DUP2 =
      handle("posix_spawn_file_actions_adddup2", ADDRESS, JAVA_INT, JAVA_INT);
  private static final MethodHandle ADD_OPEN =
      handle("posix_spawn_file_actions_addopen", ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
  private static final MethodHandle ADD_CLOSE_FROM =
      handle("posix_spawn_file_actions_addclosefrom_np", ADDRESS, JAVA_INT);
  private static final MethodHandle ATTRIBUTES_INIT = handle("posix_spawnattr_init", ADDRESS);
  private static final MethodHandle ATTRIBUTES_DESTROY = handle("posix_spawnattr_destroy", ADDRESS);
  private static final MethodHandle SET_FLAGS =
      handle("posix_spawnattr_setflags", ADDRESS, JAVA_SHORT);
  private static final MethodHandle SET_MASK =
      handle("posix_spawnattr_setsigmask", ADDRESS, ADDRESS);
  private static final MethodHandle SET_DEFAULT =
      handle("posix_spawnattr_setsigdefault", ADDRESS, ADDRESS);
  private static final int SETSIGDEF = 4;
  private static final int SETSIGMASK = 8;
  private static final int SETSID = 0x80;
  private static final int O_RDWR = 2;
  private static final int STANDARD = 3;
  // The C library's own are 80, 336 and 128 bytes.
  private static final long ROOM = 512;

  private final LaunchCalls calls;
  private final MemorySegment actions;
  private final MemorySegment attributes;

  SpawnCalls(LaunchCalls calls) {
    this.calls = calls;
    this.actions = calls.allocate(ROOM, 16);
    this.attributes = calls.allocate(ROOM, 16);
  }

  private static MethodHandle handle(String name, MemoryLayout... arguments) {
    var values = new java.lang.foreign.ValueLayout[arguments.length];
    for (int i = 0; i < arguments.length; i++) {
      values[i] = (java.lang.foreign.ValueLayout) arguments[i];
    }
    return Libc.ints(name, Libc.NOT_VARIADIC, values);
  }

  /// Starts a program in a session of its own, with the default of every signal and none blocked.
  ///
  /// @return its pid
  int spawn(SpawnedProcess.Program program) throws IOException {
    try (Libc state = Libc.frame()) {
      MemorySegment errno = state.allocate(Libc.STATE.byteSize(), 8);
      require((int) ACTIONS_INIT.invokeExact(errno, actions), "posix_spawn_file_actions_init");
      require((int) ATTRIBUTES_INIT.invokeExact(errno, attributes), "posix_spawnattr_init");
      try {
        describe(errno, program);
        MemorySegment pid = calls.allocate(4, 4);
        String file = program.arguments().getFirst();
        require(
            (int)
                SPAWN.invokeExact(
                    errno,
                    pid,
                    calls.string(file),
                    actions,
                    attributes,
                    calls.strings(program.arguments()),
                    calls.strings(program.environment())),
            "posix_spawn(" + file + ")");
        return pid.get(JAVA_INT, 0);
      } finally {
        var _ = (int) ACTIONS_DESTROY.invokeExact(errno, actions);
        var _ = (int) ATTRIBUTES_DESTROY.invokeExact(errno, attributes);
      }
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw Libc.impossible(e);
    }
  }

  private void describe(MemorySegment errno, SpawnedProcess.Program program) throws Throwable {
    MemorySegment none = calls.allocate(ROOM, 16);
    MemorySegment all = calls.allocate(ROOM, 16).fill((byte) 0xff);
    short flags = SETSIGDEF | SETSIGMASK | SETSID;
    require((int) SET_MASK.invokeExact(errno, attributes, none), "setsigmask");
    require((int) SET_DEFAULT.invokeExact(errno, attributes, all), "setsigdefault");
    require((int) SET_FLAGS.invokeExact(errno, attributes, flags), "setflags");
    if (program.terminal().isPresent()) {
      // The first terminal that the leader of a session opens becomes its own.
      MemorySegment path = calls.string(program.terminal().get());
      require((int) ADD_OPEN.invokeExact(errno, actions, 0, path, O_RDWR, 0), "addopen");
      require((int) ADD_DUP2.invokeExact(errno, actions, 0, 1), "adddup2");
      require((int) ADD_DUP2.invokeExact(errno, actions, 0, 2), "adddup2");
    }
    int given = program.standard().size();
    for (int i = program.terminal().isPresent() ? STANDARD : 0; i < given; i++) {
      int fd = program.standard().get(i).fd();
      require((int) ADD_DUP2.invokeExact(errno, actions, fd, i), "adddup2");
    }
    // Not every descriptor of a JVM is closed at exec by itself.
    int first = Math.max(STANDARD, given);
    require((int) ADD_CLOSE_FROM.invokeExact(errno, actions, first), "addclosefrom_np");
  }

  private static void require(int error, String call) throws IOException {
    if (error != 0) {
      throw new SystemCallException(call, -error);
    }
  }
}
