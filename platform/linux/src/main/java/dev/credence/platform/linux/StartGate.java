package dev.credence.platform.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/// Holds a start where there is no control group that could be frozen: a stage of it, such as the
/// `read` of a shell, waits at one end of a pipe for a line that only this daemon can write. If
/// this daemon ends before, the stage reads the end of the file, which is no line. For one thread.
public final class StartGate implements AutoCloseable {
  private static final int O_CLOEXEC = 0x80000;

  private final OpenFile inside;
  private final Descriptor outside;

  private StartGate(OpenFile inside, Descriptor outside) {
    this.inside = inside;
    this.outside = outside;
  }

  /// A closed one.
  public static StartGate shut() throws IOException {
    try (LaunchCalls calls = LaunchCalls.frame()) {
      MemorySegment ends = calls.allocate(8, 4);
      long result = calls.pipe2(ends, O_CLOEXEC);
      if (result < 0) {
        throw new SystemCallException("pipe2", result);
      }
      return new StartGate(
          new OpenFile(Descriptor.of(ends.get(JAVA_INT, 0), "gate")),
          Descriptor.of(ends.get(JAVA_INT, 4), "gate"));
    }
  }

  /// What the stage waits at.
  public OpenFile inside() {
    return inside;
  }

  /// Lets it go on.
  ///
  /// @throws IOException if nobody waits any more
  public void open() throws IOException {
    inside.close();
    try (Libc libc = Libc.frame()) {
      byte[] line = "go\n".getBytes(StandardCharsets.US_ASCII);
      MemorySegment text = libc.allocate(line.length, 1);
      MemorySegment.copy(line, 0, text, java.lang.foreign.ValueLayout.JAVA_BYTE, 0, line.length);
      long written = outside.use(fd -> libc.write(fd, text));
      if (written != line.length) {
        throw new SystemCallException("write(gate)", Math.min(written, -1));
      }
    }
  }

  /// What waits does not go on. Idempotent.
  @Override
  public void close() {
    inside.close();
    outside.close();
  }
}
