package dev.credence.attestors.code;

import java.time.Duration;

/// How much the store keeps, and how many work on it.
///
/// @param bytes content of all trees together; those in use are never given up for a new one
/// @param bytesPerUser of these, in use for one user
/// @param unusedFor how long a tree that nobody uses is kept
/// @param atOnce trees read at the same time
/// @param perUser of these, for one user
/// @param remembered digests of files kept in memory
public record StoreLimits(
    long bytes, long bytesPerUser, Duration unusedFor, int atOnce, int perUser, int remembered) {
  /// @throws IllegalArgumentException if one is not positive
  public StoreLimits {
    boolean positive = bytes > 0 && bytesPerUser > 0 && atOnce > 0 && perUser > 0 && remembered > 0;
    if (!positive || !unusedFor.isPositive()) {
      throw new IllegalArgumentException(
          "store limits: bytes "
              + bytes
              + ", per user "
              + bytesPerUser
              + ", unused for "
              + unusedFor
              + ", at once "
              + atOnce
              + ", per user "
              + perUser
              + ", remembered "
              + remembered
              + " (expected: all positive)");
    }
  }

  /// 8 GiB, half of it for one user, a week, 2 at once, 1 per user, 20,000 digests: what fits into
  /// a node's small memory, in which a tree takes up to 16 MiB while it is read.
  public static StoreLimits usual() {
    return new StoreLimits(8L << 30, 4L << 30, Duration.ofDays(7), 2, 1, 20_000);
  }
}
