package dev.credence.attestors.x509pop;

import dev.credence.attestors.AttestationException;
import dev.credence.attestors.NodeProof;
import dev.credence.attestors.NodeVerifier;
import dev.credence.attestors.Selector;
import dev.credence.certs.Certificates;
import dev.credence.certs.Sha256;
import dev.credence.certs.SvidException;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/// Takes a certificate chain, validates it below the operator's authorities, and lets the node sign
/// a challenge with the leaf's key. The chain is checked first: a challenge costs whoever has none
/// nothing but that. Thread-safe.
///
/// Selectors, under SPIRE's names: `x509pop:subject:cn:NAME` and `x509pop:ca:fingerprint:SHA1` for
/// each certificate above the leaf. The fingerprint is a name here, never a proof.
public final class X509PopVerifier implements NodeVerifier {
  /// Name of this attestor in the protocol.
  public static final String NAME = "x509pop";

  /// Longest common name that makes a selector.
  private static final int LONGEST_NAME = 255;

  private final PopAuthorities authorities;
  private final Clock clock;
  private final SecureRandom random;

  public X509PopVerifier(PopAuthorities authorities, Clock clock, SecureRandom random) {
    this.authorities = authorities;
    this.clock = clock;
    this.random = random;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public NodeProof verify(byte[] evidence, Challenger challenger) throws AttestationException {
    List<X509Certificate> chain = chain(evidence);
    PopAuthorities.Validated validated = authorities.validate(chain, clock.instant());
    X509Certificate leaf = validated.path().getFirst();
    byte[] challenge = new byte[PopSignature.NONCE];
    random.nextBytes(challenge);
    byte[] answer = challenger.ask(challenge);
    PopSignature.verify(leaf.getPublicKey(), challenge, challenger.binding(), answer);
    return new NodeProof.HoldsCertificate(
        signedPart(leaf), Sha256.of(Certificates.toDer(leaf)), selectors(validated));
  }

  private static Sha256 signedPart(X509Certificate leaf) throws AttestationException {
    try {
      return Sha256.of(leaf.getTBSCertificate());
    } catch (CertificateEncodingException e) {
      throw new AttestationException("x509pop: the certificate has no signed part", e);
    }
  }

  private static List<X509Certificate> chain(byte[] evidence) throws AttestationException {
    if (evidence.length == 0 || evidence.length > LONGEST_EVIDENCE) {
      throw new AttestationException(
          "x509pop: evidence of " + evidence.length + " bytes (expected: a certificate chain)");
    }
    try {
      return Certificates.parseChain(evidence);
    } catch (SvidException e) {
      throw new AttestationException("x509pop: the certificate chain is not readable", e);
    }
  }

  /// Of what was validated only: a chain may carry authorities at its end that issued nothing of
  /// it.
  private static Set<Selector> selectors(PopAuthorities.Validated validated)
      throws AttestationException {
    List<X509Certificate> path = validated.path();
    Set<Selector> all = new HashSet<>();
    commonNames(path.getFirst())
        .forEach(name -> all.add(new Selector(NAME, "subject", "cn:" + name)));
    for (X509Certificate above : path.subList(1, path.size())) {
      all.add(fingerprint(above));
    }
    all.add(fingerprint(validated.authority()));
    return Set.copyOf(all);
  }

  private static Selector fingerprint(X509Certificate certificate) throws AttestationException {
    return new Selector(NAME, "ca", "fingerprint:" + CertificateNames.sha1(certificate));
  }

  /// A name that cannot be a selector makes none, rather than one that is cut or changed.
  private static List<String> commonNames(X509Certificate leaf) {
    try {
      return new LdapName(leaf.getSubjectX500Principal().getName())
          .getRdns().stream()
              .filter(rdn -> rdn.getType().equalsIgnoreCase("CN"))
              .map(Rdn::getValue)
              .filter(String.class::isInstance)
              .map(String.class::cast)
              .filter(X509PopVerifier::isPlain)
              .toList();
    } catch (InvalidNameException e) {
      return List.of();
    }
  }

  private static boolean isPlain(String name) {
    return !name.isBlank()
        && name.length() <= LONGEST_NAME
        && name.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }
}
