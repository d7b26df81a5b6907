package dev.credence.platform.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/// Nanoseconds since the machine was booted, time in suspend included (`CLOCK_BOOTTIME`). It never
/// steps; the kernel counts start times of processes on it. Implementations are thread-safe.
@FunctionalInterface
public interface BootClock {
  /// Nanoseconds since boot.
  long nanos();

  /// The kernel's clock.
  static BootClock system() {
    return BootClock::read;
  }

  private static long read() {
    final int clockBoottime = 7;
    try (Libc libc = Libc.frame()) {
      MemorySegment time = libc.allocate(16, 8);
      long result = libc.clockGettime(clockBoottime, time);
      if (result < 0) {
        throw new IllegalStateException(
            "clock_gettime(CLOCK_BOOTTIME): " + Errno.name((int) -result));
      }
      return Math.addExact(
          Math.multiplyExact(time.get(JAVA_LONG, 0), 1_000_000_000L), time.get(JAVA_LONG, 8));
    }
  }
}
