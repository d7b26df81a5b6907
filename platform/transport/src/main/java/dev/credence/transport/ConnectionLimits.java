package dev.credence.transport;

/// How many connections a Unix socket holds at once; one more is closed as it is accepted, before
/// anything is read from it.
///
/// @param total all together
/// @param perUid of one user
/// @param perPid of one process
public record ConnectionLimits(int total, int perUid, int perPid) {
  /// Enough for a busy host, little enough that one user cannot take all file descriptors.
  public static ConnectionLimits standard() {
    return new ConnectionLimits(2000, 500, 50);
  }
}
