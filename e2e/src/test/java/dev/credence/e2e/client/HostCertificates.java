package dev.credence.e2e.client;

import dev.credence.certs.Certificates;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// An operator's own authority, which gives certificates to machines.
public final class HostCertificates {

  private static final SecureRandom RANDOM = new SecureRandom();

  private final String name;
  private final KeyPair keys = Keys.fresh();
  private final X509Certificate certificate;

  /// One that is valid for years around now.
  public HostCertificates(String name, Instant now) {
    this.name = "CN=" + name;
    this.certificate =
        sign(this.name, keys, now.minusSeconds(3600), now.plusSeconds(100_000_000), true);
  }

  /// A machine's certificate with its key.
  public record Host(X509Certificate certificate, KeyPair keys) {

    /// Writes both as PEM, the key for its owner only.
    public void write(Path certificateFile, Path keyFile) throws IOException {
      Files.writeString(certificateFile, Certificates.toPem(List.of(certificate)));
      Files.writeString(
          keyFile,
          dev.credence.certs.PrivateKeys.toPem(
              dev.credence.certs.PrivateKeys.pkcs8(keys.getPrivate(), keys.getPublic())));
      Files.setPosixFilePermissions(keyFile, PosixFilePermissions.fromString("rw-------"));
    }
  }

  /// For a machine of that name.
  public Host host(String commonName, Instant from, Instant to) {
    KeyPair own = Keys.fresh();
    return new Host(sign("CN=" + commonName, own, from, to, false), own);
  }

  /// Its own certificate.
  public String pem() {
    return Certificates.toPem(List.of(certificate));
  }

  private X509Certificate sign(
      String subject, KeyPair subjectKeys, Instant from, Instant to, boolean authority) {
    try {
      var builder =
          new JcaX509v3CertificateBuilder(
              new X500Name(name),
              new BigInteger(100, RANDOM),
              Date.from(from),
              Date.from(to),
              new X500Name(subject),
              subjectKeys.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
      builder.addExtension(
          Extension.keyUsage,
          true,
          new KeyUsage(authority ? KeyUsage.keyCertSign : KeyUsage.digitalSignature));
      var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate());
      return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
    } catch (Exception e) {
      throw new AssertionError("a certificate for " + subject, e);
    }
  }
}
