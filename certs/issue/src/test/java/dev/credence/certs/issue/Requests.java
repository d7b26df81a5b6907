package dev.credence.certs.issue;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.jspecify.annotations.Nullable;

/// Builds certificate requests piece by piece, so that each piece can be wrong.
final class Requests {
  static final AlgorithmIdentifier ECDSA_SHA256 =
      new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);
  static final AlgorithmIdentifier RSA_SHA256 =
      new AlgorithmIdentifier(PKCSObjectIdentifiers.sha256WithRSAEncryption, DERNull.INSTANCE);

  private Requests() {}

  static KeyPair ec(String curve) {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static KeyPair generated(String algorithm, int bits) {
    try {
      var generator = KeyPairGenerator.getInstance(algorithm);
      if (bits > 0) {
        generator.initialize(bits);
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static SubjectPublicKeyInfo spki(KeyPair keys) {
    return SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded());
  }

  static ASN1Encodable info(int version, ASN1Encodable spki) {
    var parts = new ASN1EncodableVector();
    parts.add(new ASN1Integer(version));
    parts.add(new DERSequence());
    parts.add(spki);
    parts.add(new DERTaggedObject(false, 0, new DERSet()));
    return new DERSequence(parts);
  }

  static byte[] der(ASN1Encodable structure) {
    try {
      return structure.toASN1Primitive().getEncoded("DER");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static byte[] sign(String algorithm, KeyPair keys, byte[] content) {
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(keys.getPrivate());
      signature.update(content);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static byte[] request(ASN1Encodable info, ASN1Encodable algorithm, byte[] signature) {
    return der(new DERSequence(new ASN1Encodable[] {info, algorithm, new DERBitString(signature)}));
  }

  /// A request for a key, signed by it.
  static byte[] signed(KeyPair keys, String algorithm, AlgorithmIdentifier identifier) {
    ASN1Encodable info = info(0, spki(keys));
    return request(info, identifier, sign(algorithm, keys, der(info)));
  }

  /// A request for a key that cannot sign: with some signature of another key.
  static byte[] unsigned(ASN1Encodable spki, AlgorithmIdentifier identifier) {
    ASN1Encodable info = info(0, spki);
    return request(info, identifier, sign("SHA256withECDSA", ec("secp256r1"), der(info)));
  }

  static SubjectPublicKeyInfo ecKey(ASN1Encodable parameters, byte[] point) {
    return new SubjectPublicKeyInfo(
        new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, parameters), point);
  }

  static SubjectPublicKeyInfo rsaKey(BigInteger modulus, BigInteger exponent) {
    return rsaKey(DERNull.INSTANCE, new ASN1Integer(modulus), new ASN1Integer(exponent));
  }

  static SubjectPublicKeyInfo rsaKey(@Nullable ASN1Encodable parameters, ASN1Encodable... numbers) {
    ASN1ObjectIdentifier rsa = PKCSObjectIdentifiers.rsaEncryption;
    var algorithm =
        parameters == null
            ? new AlgorithmIdentifier(rsa)
            : new AlgorithmIdentifier(rsa, parameters);
    return new SubjectPublicKeyInfo(algorithm, der(new DERSequence(numbers)));
  }

  static BigInteger modulus(KeyPair rsa) {
    return ((RSAPublicKey) rsa.getPublic()).getModulus();
  }
}
