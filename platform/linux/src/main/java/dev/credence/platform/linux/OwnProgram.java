package dev.credence.platform.linux;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Turns this process into another program, as a shell's `exec` does: same pid, same terminal, same
/// parent, only the open files 0, 1 and 2.
public final class OwnProgram {
  private static final int CLOSE_RANGE_CLOEXEC = 4;
  private static final int SIG_SETMASK = 2;

  private OwnProgram() {}

  /// Does not return if it succeeds.
  ///
  /// @param file the program's path
  /// @param arguments with its name first
  /// @param environment `NAME=VALUE`
  /// @throws IOException if it cannot be executed
  public static void become(String file, List<String> arguments, List<String> environment)
      throws IOException {
    try (LaunchCalls calls = LaunchCalls.frame()) {
      MemorySegment none = calls.allocate(128, 8);
      var _ = calls.sigmask(SIG_SETMASK, none);
      var _ = calls.closeRange(3, CLOSE_RANGE_CLOEXEC);
      long result = calls.execve(file, arguments, environment);
      throw new SystemCallException(file, result);
    }
  }

  /// Sends this process itself a signal.
  public static void signal(int number) {
    try (Libc libc = Libc.frame();
        LaunchCalls calls = LaunchCalls.frame()) {
      var _ = calls.kill(libc.getpid(), number);
    }
  }
}
