package dev.credence.certs.issue;

import dev.credence.certs.issue.CsrException.Reason;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Provider;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/// Which public keys are certified: EC on P-256 or P-384, RSA of 2048 to 4096 bits with an exponent
/// from 65537 to below 2^256 (FIPS 186-5, appendix A.1). One encoding of each key is accepted, so
/// that a key cannot come back in another dress. Thread-safe.
final class KeyRules {
  private static final int MIN_RSA_BITS = 2048;
  private static final int MAX_RSA_BITS = 4096;
  private static final int MAX_EXPONENT_BITS = 256;
  private static final BigInteger MIN_EXPONENT = BigInteger.valueOf(65537);

  private final Provider provider;

  KeyRules(Provider provider) {
    this.provider = provider;
  }

  /// The key as an object of the provider.
  PublicKey accept(SubjectPublicKeyInfo spki) throws CsrException {
    AlgorithmIdentifier algorithm = spki.getAlgorithm();
    ASN1ObjectIdentifier oid = algorithm.getAlgorithm();
    try {
      if (oid.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
        checkEc(spki, algorithm);
        return decode("EC", spki);
      }
      if (oid.equals(PKCSObjectIdentifiers.rsaEncryption)) {
        checkRsa(spki, algorithm);
        return decode("RSA", spki);
      }
    } catch (GeneralSecurityException | IOException | RuntimeException e) {
      if (e instanceof CsrException refused) {
        throw refused;
      }
      // Bouncy Castle and the providers throw unchecked exceptions on hostile bytes.
      throw new CsrException(Reason.KEY, "key not readable", e);
    }
    throw new CsrException(Reason.KEY, "key of type " + oid + " (expected: EC or RSA)");
  }

  /// The key on that curve as an object of the provider.
  ///
  /// @param spki its encoding, sound but for the point
  PublicKey accept(NistCurve curve, byte[] point, byte[] spki) throws CsrException {
    if (!curve.hasPoint(point)) {
      throw notOn(curve);
    }
    try {
      return decode("EC", spki);
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new CsrException(Reason.KEY, "key not readable", e);
    }
  }

  private static CsrException notOn(NistCurve curve) {
    return new CsrException(
        Reason.KEY, "EC key (expected: an uncompressed point on " + curve + ")");
  }

  private PublicKey decode(String name, SubjectPublicKeyInfo spki)
      throws GeneralSecurityException, IOException {
    return decode(name, spki.getEncoded(ASN1Encoding.DER));
  }

  /// By the name, not the OID: the fast provider registers no OIDs.
  private PublicKey decode(String name, byte[] spki) throws GeneralSecurityException {
    return KeyFactory.getInstance(name, provider).generatePublic(new X509EncodedKeySpec(spki));
  }

  private static void checkEc(SubjectPublicKeyInfo spki, AlgorithmIdentifier algorithm)
      throws CsrException {
    NistCurve curve =
        NistCurve.of(algorithm.getParameters())
            .orElseThrow(() ->
                new CsrException(Reason.KEY, "EC key (expected: named curve P-256 or P-384)"));
    if (spki.getPublicKeyData().getPadBits() != 0
        || !curve.hasPoint(spki.getPublicKeyData().getOctets())) {
      throw notOn(curve);
    }
  }

  private static void checkRsa(SubjectPublicKeyInfo spki, AlgorithmIdentifier algorithm)
      throws CsrException, IOException {
    // RFC 3279, section 2.3.1: the parameters are NULL.
    if (!DERNull.INSTANCE.equals(algorithm.getParameters())) {
      throw new CsrException(Reason.KEY, "RSA key with parameters (expected: NULL)");
    }
    ASN1Sequence numbers = ASN1Sequence.getInstance(spki.parsePublicKey());
    if (numbers.size() != 2) {
      throw new CsrException(Reason.KEY, "RSA key of " + numbers.size() + " numbers (expected: 2)");
    }
    BigInteger modulus = ASN1Integer.getInstance(numbers.getObjectAt(0)).getValue();
    BigInteger exponent = ASN1Integer.getInstance(numbers.getObjectAt(1)).getValue();
    checkRsa(modulus, exponent);
  }

  private static void checkRsa(BigInteger modulus, BigInteger exponent) throws CsrException {
    int bits = modulus.bitLength();
    if (modulus.signum() <= 0
        || !modulus.testBit(0)
        || bits < MIN_RSA_BITS
        || bits > MAX_RSA_BITS) {
      throw new CsrException(
          Reason.KEY, "RSA modulus of " + bits + " bits (expected: odd, 2048 to 4096)");
    }
    if (exponent.compareTo(MIN_EXPONENT) < 0
        || !exponent.testBit(0)
        || exponent.bitLength() > MAX_EXPONENT_BITS) {
      throw new CsrException(
          Reason.KEY, "RSA exponent (expected: odd, at least 65537, at most 256 bits)");
    }
  }
}
