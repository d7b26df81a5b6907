package dev.credence.certs;

import java.time.Instant;
import java.util.Optional;

/**
 * A peer's X509-SVID that held until it ran out, and for no other reason does not hold now; only
 * {@link SvidVerifier#verifyExpired} makes one. It is not a {@link PeerSvid}: nothing that wants a
 * valid one takes it. Immutable.
 */
public final class ExpiredSvid {
  private final PeerSvid then;

  ExpiredSvid(PeerSvid then) {
    this.then = then;
  }

  /** What it held as at its end. */
  PeerSvid then() {
    return then;
  }

  /** Its SPIFFE ID. */
  public SpiffeId id() {
    return then.id();
  }

  /** What the id stands for, if it is one of Credence's shapes. */
  public Optional<Identity> identity() {
    return then.identity();
  }

  /** The leaf's serial number in lower-case hex. */
  public String serial() {
    return then.serial();
  }

  /** Digest of the leaf's SubjectPublicKeyInfo. */
  public Sha256 spkiDigest() {
    return then.spkiDigest();
  }

  /** When it ran out. */
  public Instant notAfter() {
    return then.notAfter();
  }

  /** The id, the serial and the end, for logs. */
  @Override
  public String toString() {
    return then + ", expired " + notAfter();
  }
}
