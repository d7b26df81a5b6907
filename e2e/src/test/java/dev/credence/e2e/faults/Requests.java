package dev.credence.e2e.faults;

import com.google.protobuf.ByteString;
import dev.credence.e2e.client.Keys;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Arrays;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/// Requests for certificates that a server must not fall for.
final class Requests {

  private Requests() {}

  /// The signature does not belong to the key.
  static ByteString forged() {
    var der = Keys.request().toByteArray();
    der[der.length - 6] ^= 1;
    return ByteString.copyFrom(der);
  }

  /// More bytes than any request needs.
  static ByteString oversized() {
    return Keys.request().concat(ByteString.copyFrom(new byte[5000]));
  }

  /// Something after its end.
  static ByteString trailing() {
    return Keys.request().concat(ByteString.copyFrom(new byte[] {0}));
  }

  /// Cut off.
  static ByteString truncated() {
    return Keys.request().substring(0, 100);
  }

  /// RSA of 1024 bits.
  static ByteString weakRsa() throws GeneralSecurityException, OperatorCreationException {
    return build(
        keys("RSA", new RSAKeyGenParameterSpec(1024, RSAKeyGenParameterSpec.F4)), "SHA256withRSA");
  }

  /// RSA with the exponent 3.
  static ByteString smallExponent() throws GeneralSecurityException, OperatorCreationException {
    return build(
        keys("RSA", new RSAKeyGenParameterSpec(2048, BigInteger.valueOf(3))), "SHA256withRSA");
  }

  /// Signed with SHA-1.
  static ByteString sha1() throws GeneralSecurityException, OperatorCreationException {
    return build(keys("EC", new ECGenParameterSpec("secp256r1")), "SHA1withECDSA");
  }

  /// A kind of key that many SPIFFE clients cannot read.
  static ByteString ed25519() throws GeneralSecurityException, OperatorCreationException {
    return build(KeyPairGenerator.getInstance("Ed25519").generateKeyPair(), "Ed25519");
  }

  /// A sound key, and demands for another name, another id and the rights of an authority.
  static ByteString greedy(String otherId)
      throws GeneralSecurityException, OperatorCreationException {
    var keys = keys("EC", new ECGenParameterSpec("secp256r1"));
    var wishes = new ExtensionsGenerator();
    try {
      wishes.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, otherId)));
      wishes.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
    } catch (java.io.IOException e) {
      throw new GeneralSecurityException(e);
    }
    var builder =
        new JcaPKCS10CertificationRequestBuilder(
            new X500Principal("O=root, CN=root"), keys.getPublic());
    builder.addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, wishes.generate());
    return encode(
        builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
  }

  private static ByteString build(KeyPair keys, String algorithm) throws OperatorCreationException {
    var builder = new JcaPKCS10CertificationRequestBuilder(new X500Principal(""), keys.getPublic());
    return encode(builder.build(new JcaContentSignerBuilder(algorithm).build(keys.getPrivate())));
  }

  private static ByteString encode(org.bouncycastle.pkcs.PKCS10CertificationRequest request) {
    try {
      return ByteString.copyFrom(request.getEncoded());
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static KeyPair keys(String algorithm, AlgorithmParameterSpec parameters)
      throws GeneralSecurityException {
    var generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(parameters);
    return generator.generateKeyPair();
  }

  /// Nothing like a request.
  static ByteString noise() {
    var bytes = new byte[300];
    Arrays.fill(bytes, (byte) 0x30);
    return ByteString.copyFrom(bytes);
  }
}
