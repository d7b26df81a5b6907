package dev.credence.server.core.model;

import dev.credence.certs.Id;
import java.time.Instant;

/// A certificate revocation list that its authority's server signed, for the other servers to hand
/// out. Immutable.
public final class PublishedCrl {
  private final Id authority;
  private final byte[] der;
  private final long log;
  private final Instant at;
  private final Instant usableUntil;

  /// @param der as it is handed out
  /// @param log number of the newest forced end that was known
  /// @param at its thisUpdate
  /// @param usableUntil its nextUpdate
  public PublishedCrl(Id authority, byte[] der, long log, Instant at, Instant usableUntil) {
    this.authority = authority;
    this.der = der.clone();
    this.log = log;
    this.at = at;
    this.usableUntil = usableUntil;
  }

  /// Whose it is.
  public Id authority() {
    return authority;
  }

  /// A copy.
  public byte[] der() {
    return der.clone();
  }

  /// Number of the newest forced end that was known.
  public long log() {
    return log;
  }

  /// When it was made.
  public Instant at() {
    return at;
  }

  /// Until when it is of use.
  public Instant usableUntil() {
    return usableUntil;
  }
}
