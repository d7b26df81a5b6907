package dev.credence.certs;

import dev.credence.certs.SvidException.Reason;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a certificate must look like to be an X509-SVID (X509-SVID, sections 2 to 5). Stateless. */
final class LeafProfile {
  private static final int URI = 6;
  private static final int DIGITAL_SIGNATURE = 0;
  private static final int KEY_CERT_SIGN = 5;
  private static final int CRL_SIGN = 6;
  private static final String KEY_USAGE = "2.5.29.15";

  private LeafProfile() {}

  /** Checks the leaf by itself and returns its SPIFFE ID. */
  static SpiffeId check(X509Certificate leaf) throws SvidException {
    SpiffeId id = id(leaf);
    if (leaf.getBasicConstraints() >= 0) {
      throw new SvidException(Reason.NOT_A_LEAF, "X509-SVID: cA true (expected: false)");
    }
    boolean[] usage = leaf.getKeyUsage();
    Set<String> critical = leaf.getCriticalExtensionOIDs();
    if (usage == null || critical == null || !critical.contains(KEY_USAGE)) {
      throw new SvidException(Reason.KEY_USAGE, "X509-SVID: no critical key usage (expected: one)");
    }
    if (set(usage, KEY_CERT_SIGN) || set(usage, CRL_SIGN)) {
      throw new SvidException(
          Reason.NOT_A_LEAF, "X509-SVID: keyCertSign or cRLSign set (expected: neither)");
    }
    if (!set(usage, DIGITAL_SIGNATURE)) {
      throw new SvidException(
          Reason.KEY_USAGE, "X509-SVID: digitalSignature not set (expected: set)");
    }
    Strength.checkKey(leaf.getPublicKey());
    return id;
  }

  private static boolean set(boolean[] usage, int bit) {
    return usage.length > bit && usage[bit];
  }

  private static SpiffeId id(X509Certificate leaf) throws SvidException {
    List<String> uris = uris(leaf);
    if (uris.size() != 1) {
      throw new SvidException(
          Reason.SPIFFE_ID, "X509-SVID: " + uris.size() + " URI SANs (expected: 1)");
    }
    SpiffeId id;
    try {
      id = SpiffeId.parse(uris.get(0));
    } catch (IllegalArgumentException e) {
      throw new SvidException(Reason.SPIFFE_ID, "X509-SVID: " + e.getMessage(), e);
    }
    if (id.path().isEmpty()) {
      throw new SvidException(
          Reason.SPIFFE_ID, "X509-SVID: " + id + " has no path (expected: one)");
    }
    return id;
  }

  /** The URI SANs, as they stand in the certificate. */
  static List<String> uris(X509Certificate certificate) throws SvidException {
    Collection<List<?>> names = names(certificate);
    if (names == null) {
      return List.of();
    }
    return names.stream()
        .filter(name -> Integer.valueOf(URI).equals(name.get(0)))
        .map(name -> String.valueOf(name.get(1)))
        .toList();
  }

  private static @Nullable Collection<List<?>> names(X509Certificate certificate)
      throws SvidException {
    try {
      return certificate.getSubjectAlternativeNames();
    } catch (CertificateParsingException e) {
      throw new SvidException(Reason.SPIFFE_ID, "X509-SVID: SANs not readable", e);
    }
  }
}
