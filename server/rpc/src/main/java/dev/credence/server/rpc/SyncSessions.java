package dev.credence.server.rpc;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/// The open sync streams, looked over now and then for those whose node doesn't take what it is
/// sent. Thread-safe.
final class SyncSessions {
  /// How often {@link #closeStalled} is meant to run.
  static final Duration LOOK_EVERY = Duration.ofSeconds(5);

  static final Duration LONGEST_STALL = Duration.ofSeconds(30);

  private final Set<SyncSession> open = ConcurrentHashMap.newKeySet();
  private final LongSupplier nanos;

  SyncSessions(LongSupplier nanos) {
    this.nanos = nanos;
  }

  long now() {
    return nanos.getAsLong();
  }

  void add(SyncSession session) {
    open.add(session);
  }

  void remove(SyncSession session) {
    open.remove(session);
  }

  boolean anyBlocked() {
    return open.stream().anyMatch(SyncSession::isBlocked);
  }

  void closeStalled() {
    long now = now();
    open.forEach(session -> session.closeIfStalled(now - LONGEST_STALL.toNanos()));
  }
}
