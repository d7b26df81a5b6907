package dev.credence.attestors.x509pop;

import dev.credence.attestors.AttestationException;
import dev.credence.certs.Certificates;
import dev.credence.certs.SvidException;
import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;

/// The authorities whose certificates make a machine a node, and what a certificate below them must
/// be: RFC 5280 path validation, with bounds, from exactly these. Immutable.
public final class PopAuthorities {
  private static final String NAME_CONSTRAINTS = "2.5.29.30";
  private static final int DIGITAL_SIGNATURE = 0;
  private static final int KEY_CERT_SIGN = 5;
  private static final int MOST = 64;

  private final List<X509Certificate> authorities;

  private PopAuthorities(List<X509Certificate> authorities) {
    this.authorities = List.copyOf(authorities);
  }

  /// Reads PEM certificates.
  ///
  /// @throws IllegalArgumentException if there is none, too many, or one that is no authority, or
  ///   whose limits could not be kept
  public static PopAuthorities parse(String pem) {
    List<X509Certificate> found;
    try {
      found = Certificates.parsePem(pem);
    } catch (SvidException e) {
      throw new IllegalArgumentException("not readable: " + e.getMessage(), e);
    }
    if (found.isEmpty() || found.size() > MOST) {
      throw new IllegalArgumentException(
          found.size() + " certificates (expected: 1 to " + MOST + ")");
    }
    for (X509Certificate authority : found) {
      String problem = problem(authority);
      if (!problem.isEmpty()) {
        throw new IllegalArgumentException(
            "certificate with serial " + Certificates.serialHex(authority) + ": " + problem);
      }
    }
    return new PopAuthorities(found);
  }

  private static String problem(X509Certificate authority) {
    boolean[] usage = authority.getKeyUsage();
    if (authority.getBasicConstraints() < 0 || (usage != null && !usage[KEY_CERT_SIGN])) {
      return "no authority (expected: cA, and keyCertSign if it has a key usage)";
    }
    // The platform does not apply an anchor's constraints: better not to take one that has them.
    if (authority.getExtensionValue(NAME_CONSTRAINTS) != null) {
      return "has name constraints, which cannot be kept here (expected: none)";
    }
    try {
      PopKeys.check(authority);
      PopPurpose.check(authority);
      return "";
    } catch (AttestationException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /// What holds of a chain that was shown.
  ///
  /// @param path leaf first, without the authority
  /// @param authority above the last of them
  record Validated(List<X509Certificate> path, X509Certificate authority) {
    Validated {
      path = List.copyOf(path);
    }
  }

  /// Validates a chain, leaf first.
  ///
  /// @throws AttestationException with the reason, if it does not hold
  Validated validate(List<X509Certificate> chain, Instant now) throws AttestationException {
    List<X509Certificate> path = withoutAuthorities(chain);
    if (path.isEmpty()) {
      throw new AttestationException("x509pop: the chain is an authority's own (expected: a leaf)");
    }
    for (X509Certificate certificate : path) {
      PopKeys.check(certificate);
      PopPurpose.check(certificate);
    }
    checkLeaf(path.getFirst());
    AttestationException last =
        new AttestationException("x509pop: no configured authority issued this chain");
    for (X509Certificate authority : authorities) {
      if (authority.getSubjectX500Principal().equals(path.getLast().getIssuerX500Principal())) {
        try {
          validate(path, authority, now);
          return new Validated(path, authority);
        } catch (AttestationException e) {
          last = e;
        }
      }
    }
    throw last;
  }

  private List<X509Certificate> withoutAuthorities(List<X509Certificate> chain) {
    int end = chain.size();
    while (end > 0 && authorities.contains(chain.get(end - 1))) {
      end--;
    }
    return chain.subList(0, end);
  }

  private static void checkLeaf(X509Certificate leaf) throws AttestationException {
    boolean[] usage = leaf.getKeyUsage();
    if (leaf.getBasicConstraints() >= 0) {
      throw new AttestationException("x509pop: the leaf is an authority (expected: a machine's)");
    }
    if (usage != null && !usage[DIGITAL_SIGNATURE]) {
      throw new AttestationException("x509pop: key usage without digitalSignature");
    }
  }

  private static void validate(List<X509Certificate> path, X509Certificate authority, Instant now)
      throws AttestationException {
    if (path.size() - 1 > authority.getBasicConstraints()) {
      throw new AttestationException("x509pop: more intermediates than the authority allows");
    }
    try {
      authority.checkValidity(Date.from(now));
      var parameters = new PKIXParameters(Set.of(new TrustAnchor(authority, null)));
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(now));
      CertPath certPath = CertificateFactory.getInstance("X.509").generateCertPath(path);
      CertPathValidator.getInstance("PKIX").validate(certPath, parameters);
    } catch (GeneralSecurityException | RuntimeException e) {
      // The platform's validator throws unchecked exceptions too on hostile certificates.
      throw new AttestationException("x509pop: certificate path: " + e.getMessage(), e);
    }
  }
}
