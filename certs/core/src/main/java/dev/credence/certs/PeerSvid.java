package dev.credence.certs;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A peer's X509-SVID that was verified; only {@link SvidVerifier} makes one, so a method that takes
 * it cannot be called with an unverified chain. Immutable. What was true at {@link
 * SvidVerifier#verify} may not be any more: {@link SvidVerifier#recheck} tells.
 */
public final class PeerSvid {
  private final SpiffeId id;
  private final List<X509Certificate> chain;
  private final @Nullable ExecutionFacts execution;
  private final X509Bundle bundle;
  private final Validity validity;

  /**
   * When the whole path holds.
   *
   * @param from the latest notBefore of its certificates, the authority's included
   * @param to the earliest notAfter
   */
  record Validity(Instant from, Instant to) {}

  PeerSvid(
      SpiffeId id,
      List<X509Certificate> chain,
      Optional<ExecutionFacts> execution,
      X509Bundle bundle,
      Validity validity) {
    this.id = id;
    this.chain = List.copyOf(chain);
    this.execution = execution.orElse(null);
    this.bundle = bundle;
    this.validity = validity;
  }

  /** Its SPIFFE ID. */
  public SpiffeId id() {
    return id;
  }

  /** What the id stands for, if it is one of Credence's shapes. */
  public Optional<Identity> identity() {
    return Identity.of(id);
  }

  /** What it says about its execution, if it says so. */
  public Optional<ExecutionFacts> execution() {
    return Optional.ofNullable(execution);
  }

  /** The leaf certificate. */
  public X509Certificate leaf() {
    return chain.get(0);
  }

  /** The end of the leaf's validity. */
  public Instant notAfter() {
    return leaf().getNotAfter().toInstant();
  }

  /** The leaf's serial number in lower-case hex. */
  public String serial() {
    return Certificates.serialHex(leaf());
  }

  /** Digest of the leaf's SubjectPublicKeyInfo. */
  public Sha256 spkiDigest() {
    return Certificates.spkiDigest(leaf());
  }

  List<X509Certificate> chain() {
    return chain;
  }

  X509Bundle bundle() {
    return bundle;
  }

  Validity validity() {
    return validity;
  }

  /** The id and the serial, for logs. */
  @Override
  public String toString() {
    return id + " (serial " + serial() + ")";
  }
}
