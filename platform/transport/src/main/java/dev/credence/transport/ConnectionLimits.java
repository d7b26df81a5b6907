package dev.credence.transport;

import java.util.Locale;

/// How many connections a Unix socket holds at once. One more is told so and closed as it is
/// accepted, before anything is read from it.
///
/// @param total all together
/// @param perUid of one user; besides, a user may add one only while it has fewer than are still
///   free, so that no few users can take them all ([Share])
/// @param perPid of one process
public record ConnectionLimits(int total, int perUid, int perPid) {
  private static final String KEY = "limits.connections";

  /// Enough for a busy host, little enough that one user cannot take all file descriptors.
  public static ConnectionLimits standard() {
    return new ConnectionLimits(2000, 500, 50);
  }

  /// One of them.
  ///
  /// @param whose for people
  /// @param key in the configuration of a daemon that has such a key
  record Limit(String whose, int most, String key) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT, "too many connections %s (expected: at most %d, see %s)", whose, most, key);
    }
  }

  Limit inTotal() {
    return new Limit("in all", total, KEY);
  }

  /// The user's share of the total, as it is now.
  Limit ofShare(int free) {
    return new Limit("of this user", free, "its share of " + KEY);
  }

  Limit ofUser() {
    return new Limit("of this user", perUid, KEY + "_per_uid");
  }

  Limit ofProcess() {
    return new Limit("of this process", perPid, KEY + "_per_pid");
  }
}
