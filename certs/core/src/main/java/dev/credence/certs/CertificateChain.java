package dev.credence.certs;

import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Certificates in DER, leaf first and without a separator, as the wire has them. They are parsed
 * when somebody looks into them: whoever only passes them on need not. Immutable, thread-safe.
 */
public final class CertificateChain {
  private final byte[] der;
  // Parsing twice does no harm.
  private volatile @Nullable List<X509Certificate> parsed;

  private CertificateChain(byte[] der) {
    this.der = der;
  }

  /** A chain whose DER was made here, so that it is known to be readable. */
  public static CertificateChain ofOwn(byte[] der) {
    return new CertificateChain(der.clone());
  }

  /**
   * Reads a chain.
   *
   * @throws SvidException as {@link Certificates#parseChain}
   */
  public static CertificateChain parse(byte[] der) throws SvidException {
    var chain = new CertificateChain(der.clone());
    chain.parsed = Certificates.parseChain(der);
    return chain;
  }

  /** A copy of the DER. */
  public byte[] der() {
    return der.clone();
  }

  /**
   * The certificates, leaf first.
   *
   * @throws IllegalStateException if what was made here is not readable
   */
  public List<X509Certificate> certificates() {
    List<X509Certificate> known = parsed;
    if (known == null) {
      try {
        known = Certificates.parseChain(der);
      } catch (SvidException e) {
        throw new IllegalStateException("a chain that was made here: " + e.getMessage(), e);
      }
      parsed = known;
    }
    return known;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CertificateChain that && Arrays.equals(der, that.der);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(der);
  }

  @Override
  public String toString() {
    return "certificates of " + der.length + " bytes";
  }
}
