package dev.credence.transport;

import java.util.Optional;

/// Counts the open connections of a Unix socket per user and process. Thread-safe.
final class ConnectionCount {
  private final ConnectionLimits limits;
  private final ConnectionCounts<Integer> ofUid;
  private final ConnectionCounts<Integer> ofPid;

  ConnectionCount(ConnectionLimits limits) {
    this.limits = limits;
    this.ofUid = new ConnectionCounts<>(limits.total(), limits.perUid());
    this.ofPid = new ConnectionCounts<>(limits.total(), limits.perPid());
  }

  /// Empty: the connection was counted, and the caller then calls {@link #leave} once. Else the
  /// limit that it is over.
  Optional<ConnectionLimits.Limit> enter(int uid, int pid) {
    if (!ofPid.enter(pid)) {
      return Optional.of(ofPid.isFull() ? limits.inTotal() : limits.ofProcess());
    }
    if (!ofUid.enterShare(uid)) {
      ofPid.leave(pid);
      return Optional.of(reason(uid));
    }
    return Optional.empty();
  }

  private ConnectionLimits.Limit reason(int uid) {
    if (ofUid.isFull()) {
      return limits.inTotal();
    }
    return ofUid.isFull(uid) ? limits.ofUser() : limits.ofShare(ofUid.free());
  }

  void leave(int uid, int pid) {
    ofUid.leave(uid);
    ofPid.leave(pid);
  }
}
