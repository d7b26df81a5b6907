package dev.credence.transport;

/// Counts the open connections of a Unix socket per user and process. Thread-safe.
final class ConnectionCount {
  private final ConnectionCounts<Integer> ofUid;
  private final ConnectionCounts<Integer> ofPid;

  ConnectionCount(ConnectionLimits limits) {
    this.ofUid = new ConnectionCounts<>(limits.total(), limits.perUid());
    this.ofPid = new ConnectionCounts<>(limits.total(), limits.perPid());
  }

  /// True if the connection was counted; the caller then calls {@link #leave} once.
  boolean enter(int uid, int pid) {
    if (!ofUid.enter(uid)) {
      return false;
    }
    if (!ofPid.enter(pid)) {
      ofUid.leave(uid);
      return false;
    }
    return true;
  }

  void leave(int uid, int pid) {
    ofUid.leave(uid);
    ofPid.leave(pid);
  }
}
