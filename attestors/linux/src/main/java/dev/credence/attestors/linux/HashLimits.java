package dev.credence.attestors.linux;

import java.time.Duration;

/// How much work hashing may make.
///
/// @param largest size of a file, in bytes; a larger one is not read at all
/// @param atOnce files read at the same time
/// @param perUser of these, for processes of one user: nobody takes all
/// @param patience longest wait for a place and the reading together
/// @param overdue readings that go on though nobody waits for them any more, of all users: beyond
///   it, users who have one read nothing; beyond twice as many, nobody does
/// @param remembered digests kept
public record HashLimits(
    long largest, int atOnce, int perUser, Duration patience, int overdue, int remembered) {
  /// Checks that all are positive.
  ///
  /// @throws IllegalArgumentException if one is not
  public HashLimits {
    if (largest <= 0
        || atOnce <= 0
        || perUser <= 0
        || !patience.isPositive()
        || overdue <= 0
        || remembered <= 0) {
      throw new IllegalArgumentException(
          "hash limits "
              + largest
              + ", "
              + atOnce
              + ", "
              + perUser
              + ", "
              + patience
              + ", "
              + overdue
              + ", "
              + remembered
              + " (expected: all positive)");
    }
  }

  /// 512 MiB, 4 at once, 2 per user, 10 seconds, 64 overdue, 1,024 digests.
  public static HashLimits usual() {
    return new HashLimits(512L << 20, 4, 2, Duration.ofSeconds(10), 64, 1024);
  }
}
