package dev.credence.platform.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A child that was started with exactly the open files that it is given: 0, 1 and 2. Unlike the
/// JDK's, it is given the files themselves, whatever they are, inherits the mount namespace and the
/// folder of the thread that starts it, and is collected here. Thread-safe.
public final class SpawnedProcess implements AutoCloseable {
  private static final int P_PIDFD = 3;
  private static final int WEXITED = 4;
  private static final int CLD_EXITED = 1;
  private static final short POLLIN = 1;

  private final int pid;
  private final Pidfd pidfd;

  private SpawnedProcess(int pid, Pidfd pidfd) {
    this.pid = pid;
    this.pidfd = pidfd;
  }

  /// What is started.
  ///
  /// @param arguments the first one is the program's absolute path
  /// @param environment `NAME=VALUE`
  /// @param standard what becomes 0, 1 and 2, these not looked at if there is a terminal; further
  ///   ones become 3 and so on, for stages that close them before the program
  /// @param terminal path of the terminal that becomes 0, 1 and 2 and the session's own
  public record Program(
      List<String> arguments,
      List<String> environment,
      List<OpenFile> standard,
      Optional<String> terminal) {
    public Program {
      arguments = List.copyOf(arguments);
      environment = List.copyOf(environment);
      standard = List.copyOf(standard);
    }
  }

  /// How it ended.
  ///
  /// @param signalled it was ended by a signal
  /// @param number the signal, or the exit code
  public record Ending(boolean signalled, int number) {}

  /// Starts it.
  ///
  /// @throws IOException if the first program is missing, or there is no room for a process
  public static SpawnedProcess start(Program program) throws IOException {
    try (LaunchCalls calls = LaunchCalls.frame()) {
      int pid = new SpawnCalls(calls).spawn(program);
      // It is our child and not collected yet, so the number is still its own.
      return new SpawnedProcess(pid, Pidfd.open(pid));
    }
  }

  /// In this process's pid namespace.
  public int pid() {
    return pid;
  }

  /// A handle on it, valid until [#close()].
  public Pidfd pidfd() {
    return pidfd;
  }

  /// Sends it a signal; false if it has ended.
  public boolean signal(int number) {
    try (LaunchCalls calls = LaunchCalls.frame()) {
      return calls.pidfdSendSignal(pidfd.fd(), number) == 0;
    }
  }

  /// Waits a while for its end.
  ///
  /// @return true: it has ended, and [#collect()] will not wait
  public boolean awaitEnd(Duration atMost) {
    try (LaunchCalls calls = LaunchCalls.frame()) {
      MemorySegment entry = calls.allocate(8, 4);
      LaunchCalls.entry(entry, 0, pidfd.fd(), POLLIN);
      return calls.poll(entry, (int) atMost.toMillis()) > 0;
    }
  }

  /// Waits for its end and collects it; once.
  public Ending collect() throws IOException {
    try (LaunchCalls calls = LaunchCalls.frame()) {
      MemorySegment info = calls.allocate(128, 8);
      long result;
      do {
        result = calls.waitid(P_PIDFD, pidfd.fd(), info, WEXITED);
      } while (Errno.EINTR.is(result));
      if (result < 0) {
        throw new SystemCallException("waitid(" + pid + ")", result);
      }
      return new Ending(info.get(JAVA_INT, 8) != CLD_EXITED, info.get(JAVA_INT, 24));
    }
  }

  /// Lets go of it; it goes on if it lives. Idempotent.
  @Override
  public void close() {
    pidfd.close();
  }
}
