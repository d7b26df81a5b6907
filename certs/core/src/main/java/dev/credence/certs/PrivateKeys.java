package dev.credence.certs;

import dev.credence.certs.SvidException.Reason;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.List;

/**
 * Makes, writes and reads private keys. PKCS#8 of EC keys always carries the public key too: some
 * clients (ring, so rust-spiffe) refuse it otherwise. Stateless.
 */
public final class PrivateKeys {
  private static final int MAX_PKCS8 = 8192;
  private static final int CONTEXT_0 = 0xa0;
  private static final int CONTEXT_1 = 0xa1;

  private PrivateKeys() {}

  /** A new key pair on P-256, whose objects are the provider's own. */
  public static KeyPair generateP256(Provider provider, SecureRandom random) {
    try {
      var generator = KeyPairGenerator.getInstance("EC", provider);
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          "provider " + provider.getName() + " cannot make P-256 keys", e);
    }
  }

  /**
   * The key in PKCS#8 (RFC 5958 version 0), for EC with an ECPrivateKey (RFC 5915) that carries the
   * public key. The caller wipes the array when it has used it.
   *
   * @throws IllegalArgumentException if it is neither an EC key on P-256 or P-384 nor an RSA key
   */
  public static byte[] pkcs8(PrivateKey privateKey, PublicKey publicKey) {
    if (privateKey instanceof ECPrivateKey ec && publicKey instanceof ECPublicKey point) {
      return ecPkcs8(ec, point);
    }
    byte[] encoded = privateKey.getEncoded();
    if (!privateKey.getAlgorithm().equals("RSA") || encoded == null) {
      throw new IllegalArgumentException(
          "private key of type "
              + privateKey.getAlgorithm()
              + " (expected: EC or RSA, exportable)");
    }
    return encoded;
  }

  private static byte[] ecPkcs8(ECPrivateKey key, ECPublicKey point) {
    int length = Curves.length(point);
    byte[] scalar = Unsigned.bytes(key.getS(), length);
    byte[] inner =
        Der.sequence(
            Der.integer(1),
            Der.octets(scalar),
            Der.element(CONTEXT_1, Der.bits(Curves.uncompressed(point))));
    byte[] algorithm = Der.sequence(Der.oid(Oids.ecPublicKey()), Der.oid(Curves.oid(point)));
    byte[] pkcs8 = Der.sequence(Der.integer(0), algorithm, Der.octets(inner));
    Arrays.fill(scalar, (byte) 0);
    Arrays.fill(inner, (byte) 0);
    return pkcs8;
  }

  /**
   * Reads what {@link #pkcs8} writes, as a key pair whose objects are the provider's own.
   *
   * @throws SvidException with reason MALFORMED if it is something else, or KEY_MISMATCH if the
   *     public key in it does not belong to the private one
   */
  public static KeyPair parsePkcs8(byte[] der, Provider provider) throws SvidException {
    try {
      if (der.length > MAX_PKCS8) {
        throw new DerException(der.length + " bytes (expected: at most " + MAX_PKCS8 + ")");
      }
      KeyPair keys = parse(der, provider);
      if (!KeyTrial.belongTogether(keys.getPrivate(), keys.getPublic())) {
        throw new SvidException(
            Reason.KEY_MISMATCH, "private key: the public key in it belongs to another one");
      }
      return keys;
    } catch (SvidException e) {
      throw e;
    } catch (DerException e) {
      throw new SvidException(Reason.MALFORMED, "private key: " + e.getMessage(), e);
    } catch (GeneralSecurityException | RuntimeException e) {
      // No cause: a provider's message may show parts of the key.
      throw new SvidException(Reason.MALFORMED, "private key: not readable");
    }
  }

  /** A PKCS#8 key as one PEM block (RFC 7468, section 10): a secret, to be handled as one. */
  public static String toPem(byte[] pkcs8) {
    return Certificates.pem("PRIVATE KEY", pkcs8);
  }

  /**
   * Reads what {@link #toPem} writes: one block and nothing else.
   *
   * @throws SvidException as {@link #parsePkcs8}
   */
  public static KeyPair parsePem(String pem, Provider provider) throws SvidException {
    List<byte[]> blocks = PemBlocks.parse("PRIVATE KEY", pem, 1);
    if (blocks.isEmpty()) {
      throw new SvidException(Reason.MALFORMED, "private key: no PEM block (expected: 1)");
    }
    return parsePkcs8(blocks.get(0), provider);
  }

  private static KeyPair parse(byte[] der, Provider provider)
      throws DerException, GeneralSecurityException {
    var outer = new DerReader(der);
    DerReader info = outer.enter(DerReader.SEQUENCE, "PKCS#8");
    outer.end("PKCS#8");
    if (info.smallNumber(DerReader.INTEGER, 1, "PKCS#8 version") != 0) {
      throw new DerException("PKCS#8 version 1 (expected: 0)");
    }
    byte[] algorithm = info.element(DerReader.SEQUENCE, "algorithm");
    byte[] inner = info.content(DerReader.OCTET_STRING, "key");
    info.end("PKCS#8 without attributes");
    byte[] oid =
        new DerReader(algorithm)
            .enter(DerReader.SEQUENCE, "algorithm")
            .content(DerReader.OBJECT_IDENTIFIER, "algorithm");
    if (Arrays.equals(oid, Oids.ecPublicKey())) {
      var factory = KeyFactory.getInstance("EC", provider);
      PublicKey publicKey =
          factory.generatePublic(new X509EncodedKeySpec(spki(algorithm, publicPoint(inner))));
      return new KeyPair(publicKey, factory.generatePrivate(new PKCS8EncodedKeySpec(der)));
    }
    if (Arrays.equals(oid, Oids.rsaEncryption())) {
      return rsa(der, KeyFactory.getInstance("RSA", provider));
    }
    throw new DerException("algorithm neither EC nor RSA");
  }

  private static KeyPair rsa(byte[] der, KeyFactory factory)
      throws DerException, GeneralSecurityException {
    PrivateKey key = factory.generatePrivate(new PKCS8EncodedKeySpec(der));
    if (!(key instanceof RSAPrivateCrtKey crt)) {
      throw new DerException("RSA key without its public exponent");
    }
    var spec = new RSAPublicKeySpec(crt.getModulus(), crt.getPublicExponent());
    return new KeyPair(factory.generatePublic(spec), key);
  }

  private static byte[] spki(byte[] algorithm, byte[] pointBits) {
    return Der.sequence(algorithm, Der.element(DerReader.BIT_STRING, pointBits));
  }

  /** The content of the BIT STRING of the public key inside an ECPrivateKey (RFC 5915). */
  private static byte[] publicPoint(byte[] ecPrivateKey) throws DerException {
    var outer = new DerReader(ecPrivateKey);
    DerReader fields = outer.enter(DerReader.SEQUENCE, "ECPrivateKey");
    outer.end("ECPrivateKey");
    if (fields.smallNumber(DerReader.INTEGER, 1, "ECPrivateKey version") != 1) {
      throw new DerException("ECPrivateKey version 0 (expected: 1)");
    }
    Arrays.fill(fields.content(DerReader.OCTET_STRING, "EC scalar"), (byte) 0);
    if (fields.nextIs(CONTEXT_0)) {
      fields.element(CONTEXT_0, "EC parameters");
    }
    DerReader wrapped = fields.enter(CONTEXT_1, "public key");
    fields.end("ECPrivateKey");
    byte[] bits = wrapped.content(DerReader.BIT_STRING, "public key");
    wrapped.end("public key");
    return bits;
  }
}
