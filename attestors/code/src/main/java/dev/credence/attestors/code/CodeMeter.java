package dev.credence.attestors.code;

import dev.credence.platform.linux.ReadAs;
import java.io.IOException;
import java.security.Provider;
import java.time.Clock;

/// Measures code with this process's own rights, where it lies, without keeping a copy: for a
/// person who wants to know what to register. What it tells is true of the moment when it read.
/// Thread-safe.
public final class CodeMeter {
  private final CodeReading reading;

  /// @param sha256 computes the digests
  public CodeMeter(Provider sha256, CodeLimits limits) {
    this.reading = CodeReading.anywhere(sha256, limits, new DigestMemory(0, Clock.systemUTC()));
  }

  /// Reads all of it, in the calling thread.
  ///
  /// @throws CodeRefusedException if it is not what a tree of code may be, exceeds a limit, or
  ///   cannot be read
  public MeasuredCode measure(CodeRequest request) throws CodeRefusedException {
    long deadline = System.nanoTime() + reading.limits().patience().toNanos();
    try {
      Tree tree =
          reading.read(
              request,
              ReadAs.own(),
              () -> System.nanoTime() - deadline > 0,
              reader -> new MeasureSink(reader, false));
      return MeasuredCode.of(request, tree);
    } catch (IOException e) {
      throw CodeRefusedException.because(
          CodeReading.shown(request) + " cannot be read: " + e.getMessage(), e);
    }
  }
}
