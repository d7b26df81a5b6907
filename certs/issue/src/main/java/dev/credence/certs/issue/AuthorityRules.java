package dev.credence.certs.issue;

import dev.credence.certs.TrustDomain;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Provider;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// What an authority's certificate must be, whether it was just made or comes from the disk
/// (X509-SVID, sections 3.2 and 4). Stateless.
final class AuthorityRules {
  private static final int URI = 6;
  private static final int KEY_CERT_SIGN = 5;
  private static final int CRL_SIGN = 6;
  private static final Set<String> CRITICAL = Set.of("2.5.29.19", "2.5.29.15");

  private AuthorityRules() {}

  /// @throws IllegalStateException naming the first thing that is not as it must be
  static void check(
      X509Certificate certificate, KeyPair keys, TrustDomain trustDomain, Provider provider) {
    require(
        Arrays.equals(certificate.getPublicKey().getEncoded(), keys.getPublic().getEncoded()),
        "certificate and key do not belong together");
    require(
        List.of(List.of(URI, trustDomain.id().toString())).equals(names(certificate)),
        "certificate is not for trust domain " + trustDomain);
    require(certificate.getBasicConstraints() >= 0, "certificate does not have cA set");
    require(CRITICAL.equals(certificate.getCriticalExtensionOIDs()), "critical extensions");
    boolean[] usage = certificate.getKeyUsage();
    for (int bit = 0; bit < usage.length; bit++) {
      require(usage[bit] == (bit == KEY_CERT_SIGN || bit == CRL_SIGN), "key usage");
    }
    require(
        certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal()),
        "certificate is not self-signed");
    try {
      certificate.verify(keys.getPublic(), provider);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("authority: certificate is not self-signed", e);
    }
  }

  private static List<?> names(X509Certificate certificate) {
    try {
      var names = certificate.getSubjectAlternativeNames();
      return names == null ? List.of() : List.copyOf(names);
    } catch (CertificateException e) {
      throw new IllegalStateException("authority: SANs not readable", e);
    }
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException("authority: " + otherwise);
    }
  }
}
