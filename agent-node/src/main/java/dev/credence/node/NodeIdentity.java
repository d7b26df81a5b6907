package dev.credence.node;

import dev.credence.certs.X509Bundle;
import dev.credence.certs.X509Svid;
import dev.credence.transport.TlsIdentity;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Who the node is, and the authorities of its trust domain; replaced whole. Thread-safe.
final class NodeIdentity implements TlsIdentity {
  private final AtomicReference<@Nullable Material> material = new AtomicReference<>();

  private record Material(X509Svid svid, X509Bundle bundle) {}

  /// False before the first contact.
  boolean isKnown() {
    return material.get() != null;
  }

  /// True if its SVID's life is over.
  boolean hasExpired(Instant now) {
    return expiry().filter(end -> !now.isBefore(end)).isPresent();
  }

  /// The end of its SVID's life; empty before the first contact.
  Optional<Instant> expiry() {
    return Optional.ofNullable(material.get())
        .map(here -> here.svid.leaf().getNotAfter().toInstant());
  }

  void become(X509Svid svid, X509Bundle bundle) {
    material.set(new Material(svid, bundle));
  }

  /// A renewed SVID. The bundle stays: what the stream told may be newer than the renewal.
  void renewed(X509Svid svid) {
    material.updateAndGet(now -> now == null ? null : new Material(svid, now.bundle));
  }

  void trust(X509Bundle bundle) {
    material.updateAndGet(now -> now == null ? null : new Material(now.svid, bundle));
  }

  @Override
  public X509Svid svid() {
    return known().svid;
  }

  @Override
  public X509Bundle bundle() {
    return known().bundle;
  }

  private Material known() {
    Material now = material.get();
    if (now == null) {
      throw new IllegalStateException("the node has no identity yet");
    }
    return now;
  }
}
