package dev.credence.node;

import dev.credence.certs.Sha256;
import dev.credence.certs.SpiffeId;
import dev.credence.certs.TrustDomain;
import dev.credence.certs.X509Bundle;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/// An authority for tests: what issues for real is behind the wall.
final class TestAuthority {
  static final TrustDomain TRUST_DOMAIN = TrustDomain.parse("test.example");
  private static final X500Name NAME = new X500Name("O=test.example");

  private final KeyPair keys = newKeys();
  private final SecureRandom random = new SecureRandom();
  private final X509Certificate certificate;

  TestAuthority(Instant now) {
    try {
      var builder =
          new JcaX509v3CertificateBuilder(
              NAME,
              serial(),
              Date.from(now.minusSeconds(60)),
              Date.from(now.plus(Duration.ofDays(30))),
              NAME,
              keys.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
      builder.addExtension(
          Extension.subjectAlternativeName, false, uri(TRUST_DOMAIN.id().toString()));
      builder.addExtension(
          Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(keyIdentifier()));
      certificate = sign(builder);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  X509Bundle bundle() {
    return X509Bundle.of(TRUST_DOMAIN, List.of(certificate));
  }

  Sha256 pin() {
    return Sha256.of(keys.getPublic().getEncoded());
  }

  private byte[] keyIdentifier() {
    return Arrays.copyOf(pin().bytes(), 20);
  }

  X509Certificate issue(SpiffeId id, PublicKey key, Instant now, Duration ttl) {
    try {
      var builder =
          new JcaX509v3CertificateBuilder(
              NAME,
              serial(),
              Date.from(now.minusSeconds(30)),
              Date.from(now.plus(ttl)),
              new X500Name("CN=test"),
              key);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(
          Extension.extendedKeyUsage,
          false,
          new ExtendedKeyUsage(
              new KeyPurposeId[] {KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth}));
      builder.addExtension(Extension.subjectAlternativeName, false, uri(id.toString()));
      builder.addExtension(
          Extension.authorityKeyIdentifier, false, new AuthorityKeyIdentifier(keyIdentifier()));
      return sign(builder);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static PublicKey keyOf(byte[] csr) {
    try {
      return new JcaPKCS10CertificationRequest(csr).getPublicKey();
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalArgumentException("CSR", e);
    }
  }

  static KeyPair newKeys() {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private BigInteger serial() {
    return new BigInteger(120, random).add(BigInteger.ONE);
  }

  private static GeneralNames uri(String uri) {
    return new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri));
  }

  private X509Certificate sign(X509v3CertificateBuilder builder) {
    try {
      var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate());
      return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
    } catch (GeneralSecurityException | OperatorException e) {
      throw new IllegalStateException(e);
    }
  }
}
