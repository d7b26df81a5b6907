package dev.credence.certs;

import dev.credence.certs.SvidException.Reason;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;

/**
 * An X509-SVID of one's own: chain and private key. Immutable; never prints the key. It is not
 * verified against a bundle, since the holder got it from its own authority.
 */
public final class X509Svid {
  private final SpiffeId id;
  private final List<X509Certificate> chain;
  private final PrivateKey key;

  private X509Svid(SpiffeId id, List<X509Certificate> chain, PrivateKey key) {
    this.id = id;
    this.chain = List.copyOf(chain);
    this.key = key;
  }

  /**
   * Joins a chain and its key, after a trial signature showed that they belong together.
   *
   * @param chain leaf first, without the root or with it
   * @param key the leaf's private key
   * @throws SvidException if the leaf is no X509-SVID (its reason) or the key is another one
   *     (KEY_MISMATCH)
   */
  public static X509Svid of(List<X509Certificate> chain, PrivateKey key) throws SvidException {
    SpiffeId id = LeafProfile.check(leafOf(chain));
    boolean belongs;
    try {
      belongs = KeyTrial.belongTogether(key, chain.get(0).getPublicKey());
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new SvidException(Reason.KEY_MISMATCH, "X509-SVID: private key not usable", e);
    }
    return joined(id, chain, key, belongs);
  }

  /**
   * Joins a chain and the key pair that it was asked for with: compares the public keys only.
   *
   * @throws SvidException as {@link #of(List, PrivateKey)}
   */
  public static X509Svid of(List<X509Certificate> chain, KeyPair keys) throws SvidException {
    SpiffeId id = LeafProfile.check(leafOf(chain));
    boolean belongs =
        Arrays.equals(chain.get(0).getPublicKey().getEncoded(), keys.getPublic().getEncoded());
    return joined(id, chain, keys.getPrivate(), belongs);
  }

  private static X509Certificate leafOf(List<X509Certificate> chain) throws SvidException {
    if (chain.isEmpty()) {
      throw new SvidException(Reason.EMPTY_CHAIN, "certificate chain: empty (expected: a leaf)");
    }
    return chain.get(0);
  }

  private static X509Svid joined(
      SpiffeId id, List<X509Certificate> chain, PrivateKey key, boolean belongs)
      throws SvidException {
    if (!belongs) {
      throw new SvidException(
          Reason.KEY_MISMATCH, "X509-SVID of " + id + ": the private key is another one's");
    }
    return new X509Svid(id, chain, key);
  }

  /** Its SPIFFE ID. */
  public SpiffeId id() {
    return id;
  }

  /** Leaf first. */
  public List<X509Certificate> chain() {
    return chain;
  }

  /** The leaf certificate. */
  public X509Certificate leaf() {
    return chain.get(0);
  }

  /** The private key. Handle with care. */
  public PrivateKey key() {
    return key;
  }

  /** The id and the serial, for logs; never the key. */
  @Override
  public String toString() {
    return id + " (serial " + Certificates.serialHex(leaf()) + ")";
  }
}
