package dev.credence.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;

/// Measured times of one kind, in nanoseconds.
final class Sample {

  private final long[] nanos;
  private int size;

  Sample(int capacity) {
    nanos = new long[capacity];
  }

  void add(long time) {
    nanos[size++] = time;
  }

  int size() {
    return size;
  }

  /// The time that `percent` of all are within.
  Duration percentile(double percent) {
    if (size == 0) {
      throw new IllegalStateException("nothing was measured");
    }
    var sorted = Arrays.copyOf(nanos, size);
    Arrays.sort(sorted);
    int place = (int) Math.ceil(percent / 100 * size) - 1;
    return Duration.ofNanos(sorted[Math.clamp(place, 0, size - 1)]);
  }

  /// "p50 0.31 ms, p99 0.90 ms, max 2.10 ms, n = 5000"
  @Override
  public String toString() {
    return "p50 "
        + millis(percentile(50))
        + ", p99 "
        + millis(percentile(99))
        + ", max "
        + millis(percentile(100))
        + ", n = "
        + size;
  }

  static String millis(Duration time) {
    return String.format(Locale.ROOT, "%.2f ms", time.toNanos() / 1e6);
  }

  static String micros(double nanos) {
    return String.format(Locale.ROOT, "%.0f µs", nanos / 1e3);
  }
}
