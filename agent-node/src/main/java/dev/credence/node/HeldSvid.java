package dev.credence.node;

import dev.credence.certs.SecretBytes;
import dev.credence.certs.SpiffeId;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.Supplier;

/// A certificate of an execution and its key. It lives in memory only, and ends with the execution.
/// Immutable.
final class HeldSvid {
  private final SpiffeId id;
  private final byte[] chain;
  private final SecretBytes key;
  private final Instant notAfter;
  private final Supplier<Instant> renewAt;

  /// @param chain DER certificates, leaf first, without the root
  /// @param key PKCS#8
  /// @param renewAt when to renew it; earlier than it was if its authority is tainted meanwhile
  HeldSvid(
      SpiffeId id, byte[] chain, SecretBytes key, Instant notAfter, Supplier<Instant> renewAt) {
    this.id = id;
    this.chain = chain.clone();
    this.key = key;
    this.notAfter = notAfter;
    this.renewAt = renewAt;
  }

  SpiffeId id() {
    return id;
  }

  byte[] chain() {
    return chain.clone();
  }

  SecretBytes key() {
    return key;
  }

  Instant renewAt() {
    return renewAt.get();
  }

  boolean isValid(Instant now) {
    return now.isBefore(notAfter);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof HeldSvid that && id.equals(that.id) && Arrays.equals(chain, that.chain);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(chain);
  }

  @Override
  public String toString() {
    return id + " until " + notAfter;
  }
}
