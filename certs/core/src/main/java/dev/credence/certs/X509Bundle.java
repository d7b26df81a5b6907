package dev.credence.certs;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The X.509 authorities of one trust domain. Immutable. An empty bundle is legal: it trusts nothing
 * (SPIFFE Trust Domain and Bundle, section 4.1.3). Bundles of different trust domains are never
 * merged.
 */
public final class X509Bundle {
  private final TrustDomain trustDomain;
  private final List<X509Certificate> authorities;

  private X509Bundle(TrustDomain trustDomain, Collection<X509Certificate> authorities) {
    this.trustDomain = trustDomain;
    this.authorities = List.copyOf(new LinkedHashSet<>(authorities));
  }

  /** A bundle of these authorities; the same one twice counts once. */
  public static X509Bundle of(TrustDomain trustDomain, Collection<X509Certificate> authorities) {
    return new X509Bundle(trustDomain, authorities);
  }

  /**
   * Reads the form of the Workload API: DER certificates, concatenated. No bytes make an empty
   * bundle.
   *
   * @throws SvidException with reason MALFORMED, or CHAIN_TOO_LONG beyond 256 authorities
   */
  public static X509Bundle parse(TrustDomain trustDomain, byte[] der) throws SvidException {
    return of(trustDomain, Certificates.parseConcatenated(der, Certificates.MAX_BUNDLE));
  }

  /** The trust domain. */
  public TrustDomain trustDomain() {
    return trustDomain;
  }

  /** The authorities, in their first order. */
  public List<X509Certificate> authorities() {
    return authorities;
  }

  /** The form of the Workload API: DER certificates, concatenated. */
  public byte[] toDer() {
    return Certificates.toDer(authorities);
  }

  /** PEM blocks. */
  public String toPem() {
    return Certificates.toPem(authorities);
  }

  /**
   * The SPIFFE bundle document, JSON (Trust Domain and Bundle, section 4).
   *
   * @param sequence changes whenever the content does, only upwards
   * @param refreshHint how often consumers should fetch it again; whole seconds count
   * @throws IllegalStateException if an authority's key is neither RSA nor EC over a NIST curve
   */
  public String toJwks(long sequence, Duration refreshHint) {
    return toJwks(JwtBundle.empty(trustDomain), sequence, refreshHint);
  }

  /**
   * The SPIFFE bundle document with the JWT authorities of the same trust domain beside these.
   *
   * @throws IllegalArgumentException if the JWT bundle is another trust domain's
   * @throws IllegalStateException as {@link #toJwks(long, Duration)}
   */
  public String toJwks(JwtBundle jwt, long sequence, Duration refreshHint) {
    if (!jwt.trustDomain().equals(trustDomain)) {
      throw new IllegalArgumentException(jwt + " (expected: trust domain " + trustDomain + ")");
    }
    return BundleJson.write(authorities, jwt.keys(), sequence, refreshHint);
  }

  @Override
  public boolean equals(Object other) {
    if (this == other) {
      return true;
    }
    return other instanceof X509Bundle that
        && trustDomain.equals(that.trustDomain)
        && Set.copyOf(authorities).equals(Set.copyOf(that.authorities));
  }

  @Override
  public int hashCode() {
    return trustDomain.hashCode();
  }

  @Override
  public String toString() {
    return "bundle of " + trustDomain + " with " + authorities.size() + " X.509 authorities";
  }
}
