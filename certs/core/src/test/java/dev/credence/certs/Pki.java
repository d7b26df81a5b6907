package dev.credence.certs;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** Makes certificates of any kind, good and bad ones. A recipe is good until a test spoils it. */
final class Pki {
  static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

  private Pki() {}

  /** A certificate with its key. */
  record Certified(X509Certificate certificate, KeyPair keys) {
    String subject() {
      return certificate.getSubjectX500Principal().getName();
    }
  }

  static KeyPair ec(String curve) {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new java.security.spec.ECGenParameterSpec(curve));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static KeyPair rsa(int bits) {
    try {
      var generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static Recipe leaf(String id) {
    return new Recipe().uri(id).keyUsage(KeyUsage.digitalSignature).notAnAuthority();
  }

  static Recipe authority(String subject, String trustDomain) {
    return new Recipe()
        .subject("CN=" + subject)
        .uri("spiffe://" + trustDomain)
        .keyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign)
        .authority(null)
        .valid(NOW.minus(Duration.ofDays(1)), NOW.plus(Duration.ofDays(1)));
  }

  /** What a certificate is to say. */
  static final class Recipe {
    private final List<GeneralName> names = new ArrayList<>();
    private final List<Extra> extras = new ArrayList<>();
    private String subject = "CN=leaf";
    private KeyPair keys = ec("secp256r1");
    private Instant from = NOW.minusSeconds(30);
    private Instant to = NOW.plusSeconds(600);
    private @Nullable BasicConstraints constraints;
    private int usage = -1;
    private boolean usageCritical = true;
    private boolean namesCritical;
    private String algorithm = "SHA256withECDSA";

    private static final class Extra {
      private final String oid;
      private final boolean critical;
      private final byte[] value;

      Extra(String oid, boolean critical, byte[] value) {
        this.oid = oid;
        this.critical = critical;
        this.value = value;
      }
    }

    Recipe subject(String name) {
      subject = name;
      return this;
    }

    Recipe keys(KeyPair pair) {
      keys = pair;
      return this;
    }

    Recipe signedWith(String name) {
      algorithm = name;
      return this;
    }

    Recipe valid(Instant notBefore, Instant notAfter) {
      from = notBefore;
      to = notAfter;
      return this;
    }

    Recipe uri(String uri) {
      names.add(new GeneralName(GeneralName.uniformResourceIdentifier, uri));
      return this;
    }

    Recipe name(int tag, String value) {
      names.add(new GeneralName(tag, value));
      return this;
    }

    Recipe withoutNames() {
      names.clear();
      return this;
    }

    Recipe criticalNames() {
      namesCritical = true;
      return this;
    }

    Recipe keyUsage(int bits) {
      usage = bits;
      return this;
    }

    Recipe withoutKeyUsage() {
      usage = -1;
      return this;
    }

    Recipe uncriticalKeyUsage() {
      usageCritical = false;
      return this;
    }

    Recipe authority(@Nullable Integer pathLength) {
      constraints =
          pathLength == null ? new BasicConstraints(true) : new BasicConstraints(pathLength);
      return this;
    }

    Recipe notAnAuthority() {
      constraints = new BasicConstraints(false);
      return this;
    }

    Recipe withoutConstraints() {
      constraints = null;
      return this;
    }

    Recipe purposes(boolean critical, KeyPurposeId... purposes) {
      return extension(
          Extension.extendedKeyUsage.getId(), critical, new ExtendedKeyUsage(purposes));
    }

    Recipe extension(String oid, boolean critical, ASN1Encodable value) {
      try {
        return extension(oid, critical, value.toASN1Primitive().getEncoded());
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    Recipe extension(String oid, boolean critical, byte[] value) {
      extras.add(new Extra(oid, critical, value.clone()));
      return this;
    }

    Certified selfSigned() {
      return new Certified(build(subject, keys), keys);
    }

    Certified signedBy(Certified issuer) {
      return new Certified(build(issuer.subject(), issuer.keys()), keys);
    }

    byte[] derSignedBy(Certified issuer) {
      return der(issuer.subject(), issuer.keys());
    }

    private X509Certificate build(String issuer, KeyPair signing) {
      try {
        return Certificates.parse(der(issuer, signing));
      } catch (SvidException e) {
        throw new AssertionError(e);
      }
    }

    private byte[] der(String issuer, KeyPair signing) {
      try {
        var builder =
            new X509v3CertificateBuilder(
                new X500Name(issuer),
                new BigInteger(64, new SecureRandom()).add(BigInteger.ONE),
                Date.from(from),
                Date.from(to),
                new X500Name(subject),
                SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()));
        addExtensions(builder);
        return builder.build(signer(signing)).getEncoded();
      } catch (IOException | OperatorCreationException e) {
        throw new AssertionError(e);
      }
    }

    private ContentSigner signer(KeyPair signing) throws OperatorCreationException {
      // PSS: the platform knows it under another name.
      var builder = new JcaContentSignerBuilder(algorithm);
      if (algorithm.endsWith("MGF1")) {
        builder.setProvider(new BouncyCastleProvider());
      }
      return builder.build(signing.getPrivate());
    }

    private void addExtensions(X509v3CertificateBuilder builder) throws IOException {
      if (constraints != null) {
        builder.addExtension(Extension.basicConstraints, true, constraints);
      }
      if (usage >= 0) {
        builder.addExtension(Extension.keyUsage, usageCritical, new KeyUsage(usage));
      }
      if (!names.isEmpty()) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            namesCritical,
            new GeneralNames(names.toArray(GeneralName[]::new)));
      }
      for (Extra extra : extras) {
        builder.addExtension(new ASN1ObjectIdentifier(extra.oid), extra.critical, extra.value);
      }
    }
  }
}
