package dev.credence.certs;

import dev.credence.certs.SvidException.Reason;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.Security;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Verifies presented chains: SPIFFE's rules for the leaf first, then RFC 5280 path validation from
 * exactly the bundle of the leaf's trust domain (X509-SVID, section 5). Host names are never looked
 * at; which SPIFFE IDs are welcome is the caller's next question. Thread-safe.
 */
public final class SvidVerifier {
  private static final String NAME_CONSTRAINTS = "2.5.29.30";

  private final Provider crypto;
  private final boolean installed;

  /**
   * A verifier that checks signatures with this provider where it is installed in this JVM and
   * knows the algorithm, since the platform's path validation takes providers by name alone;
   * otherwise with the platform's own order of providers.
   */
  @SuppressWarnings("ReferenceEquality") // another object of the same name would not be this one
  public SvidVerifier(Provider crypto) {
    this.crypto = crypto;
    this.installed = Security.getProvider(crypto.getName()) == crypto;
  }

  /**
   * Verifies a chain, leaf first.
   *
   * @param chain what the peer presented; an authority at its end is allowed
   * @param bundle the bundle of the trust domain that the leaf must belong to
   * @param now the time at which every certificate of the path must be valid
   * @throws SvidException with the reason, if it does not hold
   */
  public PeerSvid verify(List<X509Certificate> chain, X509Bundle bundle, Instant now)
      throws SvidException {
    if (chain.isEmpty()) {
      throw new SvidException(Reason.EMPTY_CHAIN, "certificate chain: empty (expected: a leaf)");
    }
    if (chain.size() > Certificates.MAX_CHAIN) {
      throw new SvidException(
          Reason.CHAIN_TOO_LONG,
          chain.size() + " certificates (expected: at most " + Certificates.MAX_CHAIN + ")");
    }
    X509Certificate leaf = chain.get(0);
    SpiffeId id = LeafProfile.check(leaf);
    if (!id.memberOf(bundle.trustDomain())) {
      throw new SvidException(
          Reason.TRUST_DOMAIN, id + " (expected: trust domain " + bundle.trustDomain() + ")");
    }
    if (bundle.authorities().isEmpty()) {
      throw new SvidException(
          Reason.EMPTY_BUNDLE, "bundle of " + bundle.trustDomain() + " has no X.509 authority");
    }
    AuthorityProfile.checkPeriod(leaf, now, id.toString());
    PeerSvid.Validity validity = findPath(chain, bundle, now);
    Optional<ExecutionFacts> execution = ExecutionFacts.of(leaf);
    return new PeerSvid(id, chain, execution, bundle, validity);
  }

  /**
   * Looks again at what was verified before: cheap while the bundle is the same, a full {@link
   * #verify} otherwise.
   *
   * @throws SvidException if it does not hold any more
   */
  public PeerSvid recheck(PeerSvid peer, X509Bundle bundle, Instant now) throws SvidException {
    boolean sameBundle = peer.bundle().equals(bundle);
    PeerSvid.Validity validity = peer.validity();
    if (sameBundle && !now.isBefore(validity.from()) && !now.isAfter(validity.to())) {
      return peer;
    }
    return verify(peer.chain(), bundle, now);
  }

  /**
   * Verifies a chain whose leaf has run out as of the leaf's last moment: what it proves is who its
   * holder was then. The bundle is today's, so an authority that was withdrawn since vouches for
   * nobody.
   *
   * @throws SvidException if it did not hold then, or if the leaf has not run out
   */
  public ExpiredSvid verifyExpired(List<X509Certificate> chain, X509Bundle bundle, Instant now)
      throws SvidException {
    if (chain.isEmpty()) {
      throw new SvidException(Reason.EMPTY_CHAIN, "certificate chain: empty (expected: a leaf)");
    }
    Instant end = chain.get(0).getNotAfter().toInstant();
    if (!now.isAfter(end)) {
      throw new SvidException(
          Reason.UNTRUSTED, "leaf valid until " + end + " (expected: one that has expired)");
    }
    return new ExpiredSvid(verify(chain, bundle, end));
  }

  /**
   * As {@link #recheck}, for what {@link #verifyExpired} gave.
   *
   * @throws SvidException if it does not hold any more
   */
  public ExpiredSvid recheck(ExpiredSvid peer, X509Bundle bundle, Instant now)
      throws SvidException {
    boolean same = peer.then().bundle().equals(bundle) && now.isAfter(peer.notAfter());
    return same ? peer : verifyExpired(peer.then().chain(), bundle, now);
  }

  /**
   * Tries each place where the presented chain may meet an authority, nearest to the leaf first.
   */
  private PeerSvid.Validity findPath(List<X509Certificate> chain, X509Bundle bundle, Instant now)
      throws SvidException {
    SvidException last = null;
    for (int length = 1; length <= chain.size(); length++) {
      List<X509Certificate> path = chain.subList(0, length);
      for (X509Certificate authority : issuersOf(path.get(length - 1), bundle)) {
        try {
          return validate(path, authority, now);
        } catch (SvidException e) {
          last = e;
        }
      }
    }
    throw last != null
        ? last
        : new SvidException(
            Reason.UNTRUSTED,
            "no authority in the bundle of " + bundle.trustDomain() + " issued this chain");
  }

  private static List<X509Certificate> issuersOf(X509Certificate certificate, X509Bundle bundle) {
    var issuer = certificate.getIssuerX500Principal();
    return bundle.authorities().stream()
        .filter(authority -> authority.getSubjectX500Principal().equals(issuer))
        .filter(authority -> KeyIdentifiers.mayHaveIssued(authority, certificate))
        .toList();
  }

  private PeerSvid.Validity validate(
      List<X509Certificate> path, X509Certificate authority, Instant now) throws SvidException {
    AuthorityProfile.check(authority, now, path.size() - 1);
    for (X509Certificate certificate : path) {
      AuthorityProfile.checkPeriod(certificate, now, "certificate");
      Strength.checkSignature(certificate);
      Strength.checkKey(certificate.getPublicKey());
    }
    checkPath(path, authority, now);
    return validity(path, authority);
  }

  private void checkPath(List<X509Certificate> path, X509Certificate authority, Instant now)
      throws SvidException {
    boolean constrained = authority.getExtensionValue(NAME_CONSTRAINTS) != null;
    TrustAnchor anchor = new TrustAnchor(authority, null);
    List<X509Certificate> certificates = new ArrayList<>(path);
    if (constrained) {
      // The platform takes no constraints from an anchor, only from certificates of the path: so a
      // constrained authority, being self-signed, stands in the path below its own bare key.
      anchor = new TrustAnchor(authority.getSubjectX500Principal(), authority.getPublicKey(), null);
      certificates.add(authority);
    }
    try {
      var parameters = new PKIXParameters(Set.of(anchor));
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(now));
      parameters.setSigProvider(providerFor(certificates));
      CertPath certPath = CertificateFactory.getInstance("X.509").generateCertPath(certificates);
      CertPathValidator.getInstance("PKIX").validate(certPath, parameters);
    } catch (CertPathValidatorException e) {
      throw new SvidException(reason(e), "certificate path: " + e.getMessage(), e);
    } catch (GeneralSecurityException | RuntimeException e) {
      // The platform's validator throws unchecked exceptions too on hostile certificates.
      throw new SvidException(Reason.UNTRUSTED, "certificate path: not valid", e);
    }
  }

  /** The provider's name if it can verify the whole path; null leaves it to the platform. */
  private @Nullable String providerFor(List<X509Certificate> path) {
    boolean able =
        path.stream()
            .allMatch(
                certificate -> crypto.getService("Signature", certificate.getSigAlgName()) != null);
    return installed && able ? crypto.getName() : null;
  }

  private static Reason reason(CertPathValidatorException e) {
    if (e.getReason() == BasicReason.EXPIRED) {
      return Reason.EXPIRED;
    }
    if (e.getReason() == BasicReason.NOT_YET_VALID) {
      return Reason.NOT_YET_VALID;
    }
    return e.getReason() == BasicReason.ALGORITHM_CONSTRAINED ? Reason.WEAK : Reason.UNTRUSTED;
  }

  private static PeerSvid.Validity validity(List<X509Certificate> path, X509Certificate authority) {
    Instant from = authority.getNotBefore().toInstant();
    Instant to = authority.getNotAfter().toInstant();
    for (X509Certificate certificate : path) {
      Instant notBefore = certificate.getNotBefore().toInstant();
      Instant notAfter = certificate.getNotAfter().toInstant();
      from = notBefore.isAfter(from) ? notBefore : from;
      to = notAfter.isBefore(to) ? notAfter : to;
    }
    return new PeerSvid.Validity(from, to);
  }
}
