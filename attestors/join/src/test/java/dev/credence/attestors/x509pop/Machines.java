package dev.credence.attestors.x509pop;

import dev.credence.certs.Certificates;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Certificates as an operator's own authority gives them to machines.
final class Machines {
  static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

  private static final SecureRandom RANDOM = new SecureRandom();

  private Machines() {}

  record Certified(X509Certificate certificate, KeyPair keys, String name) {}

  static KeyPair keys(String algorithm, int bits) {
    try {
      var generator = KeyPairGenerator.getInstance(algorithm);
      if (bits > 0) {
        generator.initialize(bits);
      }
      return generator.generateKeyPair();
    } catch (java.security.GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static Certified root(String name) {
    return new Recipe("CN=" + name).authority(2).selfSigned();
  }

  /// The same certificate with the other signature that anybody can make out of an ECDSA one.
  static Certified resigned(Certified of, Certified issuer) {
    try {
      var parts = ASN1Sequence.getInstance(of.certificate().getEncoded());
      var bits = ASN1BitString.getInstance(parts.getObjectAt(2));
      var numbers = ASN1Sequence.getInstance(bits.getOctets());
      BigInteger order = ((ECPublicKey) issuer.certificate().getPublicKey()).getParams().getOrder();
      BigInteger other = order.subtract(ASN1Integer.getInstance(numbers.getObjectAt(1)).getValue());
      var signature =
          new DERSequence(new ASN1Encodable[] {numbers.getObjectAt(0), new ASN1Integer(other)});
      var made =
          new DERSequence(
              new ASN1Encodable[] {
                parts.getObjectAt(0), parts.getObjectAt(1), new DERBitString(signature.getEncoded())
              });
      return new Certified(Certificates.parse(made.getEncoded()), of.keys(), of.name());
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /// What a certificate is to say; good until a test spoils it.
  static final class Recipe {
    private final String subject;
    private KeyPair keys = Machines.keys("EC", 256);
    private Instant from = NOW.minus(Duration.ofDays(1));
    private Instant to = NOW.plus(Duration.ofDays(30));
    private int path = -1;
    private int usage = KeyUsage.digitalSignature;
    private Optional<KeyPurposeId> extended = Optional.empty();
    private Optional<String> uri = Optional.empty();
    private String algorithm = "SHA256withECDSA";

    Recipe(String subject) {
      this.subject = subject;
    }

    Recipe keys(KeyPair pair) {
      keys = pair;
      return this;
    }

    Recipe valid(Instant begin, Instant end) {
      from = begin;
      to = end;
      return this;
    }

    Recipe authority(int length) {
      path = length;
      usage = KeyUsage.keyCertSign;
      return this;
    }

    Recipe usage(int bits) {
      usage = bits;
      return this;
    }

    Recipe extended(KeyPurposeId purpose) {
      extended = Optional.of(purpose);
      return this;
    }

    Recipe named(String name) {
      uri = Optional.of(name);
      return this;
    }

    Recipe signedWith(String name) {
      algorithm = name;
      return this;
    }

    Certified selfSigned() {
      return by(subject, keys);
    }

    Certified by(Certified issuer) {
      return by(issuer.name(), issuer.keys());
    }

    private Certified by(String issuer, KeyPair signing) {
      try {
        var builder =
            new JcaX509v3CertificateBuilder(
                new X500Name(issuer),
                new BigInteger(100, RANDOM),
                Date.from(from),
                Date.from(to),
                new X500Name(subject),
                keys.getPublic());
        builder.addExtension(
            Extension.basicConstraints,
            true,
            path < 0 ? new BasicConstraints(false) : new BasicConstraints(path));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
        if (extended.isPresent()) {
          builder.addExtension(
              Extension.extendedKeyUsage, false, new ExtendedKeyUsage(extended.get()));
        }
        if (uri.isPresent()) {
          builder.addExtension(
              Extension.subjectAlternativeName,
              false,
              new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri.get())));
        }
        var signer = new JcaContentSignerBuilder(algorithm).build(signing.getPrivate());
        return new Certified(
            new JcaX509CertificateConverter().getCertificate(builder.build(signer)), keys, subject);
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
  }
}
