package dev.credence.node;

import dev.credence.transport.ConnectionLimits;

/// What local callers may take at once.
///
/// @param connections on the socket; one more is closed at once
/// @param streams calls that are open on them; one more is answered RESOURCE_EXHAUSTED
/// @param processes that are served at once; one more is answered RESOURCE_EXHAUSTED
public record Limits(ConnectionLimits connections, Streams streams, Processes processes) {
  /// Open calls.
  ///
  /// @param total all together
  /// @param perUid of one user
  /// @param perPid of one process
  public record Streams(int total, int perUid, int perPid) {}

  /// Served processes: those with a running execution or an open call.
  ///
  /// @param total all together
  /// @param perUid of one user
  public record Processes(int total, int perUid) {}

  /// Generous for a busy host; no user can take everything.
  public static Limits usual() {
    return new Limits(
        new ConnectionLimits(2000, 256, 100),
        new Streams(8000, 1000, 200),
        new Processes(4000, 2000));
  }
}
