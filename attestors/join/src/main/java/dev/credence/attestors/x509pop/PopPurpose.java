package dev.credence.attestors.x509pop;

import dev.credence.attestors.AttestationException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/// What certificates of a path are for. The platform's validation looks at neither of these.
/// Stateless.
final class PopPurpose {
  private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
  private static final String ANY_PURPOSE = "2.5.29.37.0";
  private static final Integer URI = 6;

  private PopPurpose() {}

  /// An SVID is a workload's, which holds the key itself: no workload becomes a node by it,
  /// whichever authority issued it. And whoever may issue for servers only, or for mail, makes no
  /// nodes.
  static void check(X509Certificate certificate) throws AttestationException {
    try {
      List<String> purposes = certificate.getExtendedKeyUsage();
      if (purposes != null && !isForClients(certificate, purposes)) {
        throw new AttestationException("x509pop: extended key usage without clientAuth");
      }
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      if (names != null && names.stream().anyMatch(PopPurpose::isSpiffe)) {
        throw new AttestationException(
            "x509pop: the certificate has a SPIFFE ID (expected: a machine's, no workload's)");
      }
    } catch (CertificateParsingException e) {
      throw new AttestationException("x509pop: purpose or names are not readable", e);
    }
  }

  /// An authority's may be any purpose; a machine's must say it.
  private static boolean isForClients(X509Certificate certificate, List<String> purposes) {
    return purposes.contains(CLIENT_AUTH)
        || (certificate.getBasicConstraints() >= 0 && purposes.contains(ANY_PURPOSE));
  }

  private static boolean isSpiffe(List<?> name) {
    return URI.equals(name.getFirst())
        && name.getLast() instanceof String uri
        && uri.toLowerCase(Locale.ROOT).startsWith("spiffe:");
  }
}
