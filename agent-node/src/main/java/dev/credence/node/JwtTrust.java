package dev.credence.node;

import dev.credence.certs.JwtBundle;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/// The JWT authorities of the trust domain, as the server told them last. Kept in memory only: the
/// server tells them before anything else can be answered. Thread-safe.
final class JwtTrust {
  private final AtomicReference<Optional<JwtBundle>> bundle =
      new AtomicReference<>(Optional.empty());

  /// Empty until the server has told.
  Optional<JwtBundle> bundle() {
    return bundle.get();
  }

  /// True if that is news.
  boolean become(JwtBundle newest) {
    Optional<JwtBundle> now = Optional.of(newest);
    return !bundle.getAndSet(now).equals(now);
  }
}
