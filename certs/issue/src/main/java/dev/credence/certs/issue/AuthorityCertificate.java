package dev.credence.certs.issue;

import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import dev.credence.certs.TrustDomain;
import java.io.IOException;
import java.security.KeyPair;
import java.security.Provider;
import java.security.PublicKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;

/// Builds the self-signed certificate of an authority (X509-SVID, sections 3.2 and 4): the trust
/// domain's id as its one URI SAN, keyCertSign and cRLSign only, no extended key usage.
///
/// The path length is 0: this authority signs leaves and nothing else, so that nobody who ever
/// tricks the issuing code can get a further authority out of it. An intermediate, when there is
/// one, hangs below a root that was made for that.
final class AuthorityCertificate {
  private static final int ID_LENGTH = 16;
  private static final int MAX_ORGANIZATION = 64;

  private AuthorityCertificate() {}

  /// The id of the authority with this key: the first half of its key's digest.
  static Id idOf(PublicKey key) {
    byte[] digest = Sha256.of(key.getEncoded()).bytes();
    return Id.fromBytes(Arrays.copyOf(digest, ID_LENGTH));
  }

  /// The certificate's DER.
  static byte[] build(
      TrustDomain trustDomain,
      KeyPair keys,
      Provider provider,
      Validity validity,
      Serials serials) {
    X500Name name = name(trustDomain, idOf(keys.getPublic()));
    var spki = SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded());
    var builder =
        new X509v3CertificateBuilder(
            name,
            serials.next(),
            Date.from(validity.notBefore()),
            Date.from(validity.notAfter()),
            name,
            spki);
    try {
      byte[] keyId = KeyIdentifier.of(spki);
      var uri = new GeneralName(GeneralName.uniformResourceIdentifier, trustDomain.id().toString());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      builder.addExtension(Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(keyId));
      builder.addExtension(
          Extension.authorityKeyIdentifier, false, new AuthorityKeyIdentifier(keyId));
      builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(uri));
      return builder.build(new Signer(provider, keys.getPrivate())).getEncoded();
    } catch (IOException e) {
      throw new IllegalStateException("authority certificate: not encodable", e);
    }
  }

  private static X500Name name(TrustDomain trustDomain, Id id) {
    var name = new X500NameBuilder(BCStyle.INSTANCE);
    // X.520's upper bound; the trust domain stands in full in the SAN.
    if (trustDomain.name().length() <= MAX_ORGANIZATION) {
      name.addRDN(BCStyle.O, trustDomain.name());
    }
    return name.addRDN(BCStyle.CN, "authority " + id).build();
  }

  /// A validity period in whole seconds.
  record Validity(Instant notBefore, Instant notAfter) {}
}
