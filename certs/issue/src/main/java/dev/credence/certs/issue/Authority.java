package dev.credence.certs.issue;

import dev.credence.certs.CertificateChain;
import dev.credence.certs.Certificates;
import dev.credence.certs.Id;
import dev.credence.certs.PrivateKeys;
import dev.credence.certs.Sha256;
import dev.credence.certs.SvidException;
import dev.credence.certs.TrustDomain;
import dev.credence.certs.X509Bundle;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.jspecify.annotations.Nullable;

/// A signing authority of one trust domain: a self-signed certificate and its key. Thread-safe; the
/// key never leaves it.
public final class Authority implements AutoCloseable {
  private final TrustDomain trustDomain;
  private final X509Certificate certificate;
  private final Provider provider;
  private final Serials serials;
  private final IssuerName issuer;
  private final StrangersCheck check;
  private final Id id;
  private volatile @Nullable PrivateKey key;

  private Authority(
      TrustDomain trustDomain,
      X509Certificate certificate,
      KeyPair keys,
      Provider provider,
      Serials serials,
      Optional<RevocationPoint> point) {
    this.trustDomain = trustDomain;
    this.certificate = certificate;
    this.provider = provider;
    this.serials = serials;
    this.key = keys.getPrivate();
    this.id = AuthorityCertificate.idOf(keys.getPublic());
    this.issuer =
        new IssuerName(
            X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()),
            KeyIdentifier.of(keys.getPublic()),
            point.map(it -> it.of(id)));
    this.check =
        new StrangersCheck(
            certificate,
            ownObject(keys.getPublic(), provider),
            provider,
            point.map(it -> it.of(id)));
  }

  /// A provider is fastest with its own key objects.
  private static PublicKey ownObject(PublicKey key, Provider provider) {
    try {
      return KeyFactory.getInstance("EC", provider)
          .generatePublic(new X509EncodedKeySpec(key.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          "provider " + provider.getName() + " does not take the authority's key", e);
    }
  }

  /// A new authority with a new key on P-256, valid from 30 seconds ago.
  ///
  /// @param trustDomain the trust domain that it signs for
  /// @param provider makes the key and all signatures
  /// @param now the time of its making
  /// @param life how long from now it is valid
  /// @param random for the key where the provider takes it, and for serial numbers
  public static Authority selfSigned(
      TrustDomain trustDomain, Provider provider, Instant now, Duration life, SecureRandom random) {
    KeyPair keys = PrivateKeys.generateP256(provider, random);
    return of(trustDomain, certify(trustDomain, keys, provider, now, life), keys, provider, random);
  }

  /// A self-signed certificate for an authority's key.
  static X509Certificate certify(
      TrustDomain trustDomain, KeyPair keys, Provider provider, Instant now, Duration life) {
    if (life.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "life of %s (expected: at least 1 second)", life));
    }
    Instant second = now.truncatedTo(ChronoUnit.SECONDS);
    var validity =
        new AuthorityCertificate.Validity(
            second.minus(Particulars.BACK_DATED),
            second.plus(life.truncatedTo(ChronoUnit.SECONDS)));
    byte[] der =
        AuthorityCertificate.build(
            trustDomain, keys, provider, validity, new Serials(new SecureRandom()));
    try {
      X509Certificate certificate = Certificates.parse(der);
      AuthorityRules.check(certificate, keys, trustDomain, provider);
      return certificate;
    } catch (SvidException e) {
      throw new IllegalStateException("authority certificate: " + e.getMessage(), e);
    }
  }

  /// An authority from its parts, which were checked to belong together.
  static Authority of(
      TrustDomain trustDomain,
      X509Certificate certificate,
      KeyPair keys,
      Provider provider,
      SecureRandom random) {
    return new Authority(
        trustDomain, certificate, keys, provider, new Serials(random), Optional.empty());
  }

  /// The same authority, whose certificates say where its revocation lists are.
  Authority pointingTo(RevocationPoint point) {
    return new Authority(
        trustDomain,
        certificate,
        new KeyPair(certificate.getPublicKey(), signing()),
        provider,
        serials,
        Optional.of(point));
  }

  private PrivateKey signing() {
    PrivateKey signing = key;
    if (signing == null) {
      throw new IllegalStateException("authority " + id + " is closed");
    }
    return signing;
  }

  /// Issues an X509-SVID: builds, signs, reads back and checks it.
  ///
  /// @param template what it is to say
  /// @param now the time of issue; it is valid from 30 seconds before
  /// @throws IllegalArgumentException if the template is of another trust domain
  /// @throws IllegalStateException if the authority is closed or not valid at that time, or if what
  ///   was signed is not exactly what was asked for; then nothing leaves
  public IssuedCertificate issue(SvidTemplate template, Instant now) {
    if (!template.id().memberOf(trustDomain)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "SVID for %s (expected: trust domain %s)", template.id(), trustDomain));
    }
    PrivateKey signing = signing();
    Particulars particulars = Particulars.decide(serials.next(), template.ttl(), certificate, now);
    byte[] der =
        LeafCertificate.build(template, issuer, particulars, new Signer(provider, signing));
    check.read(der, template, particulars);
    return new IssuedCertificate(
        CertificateChain.ofOwn(der), particulars, template.key().spkiDigest(), id);
  }

  /// The id of the authority with that certificate.
  public static Id idOf(X509Certificate certificate) {
    return AuthorityCertificate.idOf(certificate.getPublicKey());
  }

  /// Signs a certificate revocation list.
  ///
  /// @return its DER
  /// @throws IllegalStateException if the authority is closed
  public byte[] sign(RevocationList list) {
    return list.sign(issuer, new Signer(provider, signing()));
  }

  /// The authority's id: the first 128 bits of its key's digest.
  public Id id() {
    return id;
  }

  /// The trust domain that it signs for.
  public TrustDomain trustDomain() {
    return trustDomain;
  }

  /// The self-signed certificate.
  public X509Certificate certificate() {
    return certificate;
  }

  /// SHA-256 of the SubjectPublicKeyInfo, as join tokens pin it.
  public Sha256 pin() {
    return Certificates.spkiDigest(certificate);
  }

  /// The bundle with this authority alone.
  public X509Bundle bundle() {
    return X509Bundle.of(trustDomain, List.of(certificate));
  }

  /// Forgets the key; nothing is issued any more.
  @Override
  public void close() {
    key = null;
  }

  @Override
  public String toString() {
    return "authority " + id + " of " + trustDomain;
  }
}
