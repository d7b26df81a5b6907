package dev.credence.certs.issue;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.jspecify.annotations.Nullable;

/// The curves that keys may be on (FIPS 186-4, appendix D.1.2), with the check that a point is on
/// one: not every provider makes it.
enum NistCurve {
  P256(
      "1.2.840.10045.3.1.7",
      "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
      "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b"),
  P384(
      "1.3.132.0.34",
      "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe"
          + "ffffffff0000000000000000ffffffff",
      "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875a"
          + "c656398d8a2ed19d2a85c8edd3ec2aef");

  private static final List<NistCurve> ALL = List.of(values());
  private static final BigInteger THREE = BigInteger.valueOf(3);
  private static final int UNCOMPRESSED = 4;

  private final String oid;
  private final BigInteger p;
  private final BigInteger b;
  private final int length;

  NistCurve(String oid, String p, String b) {
    this.oid = oid;
    this.p = new BigInteger(p, 16);
    this.b = new BigInteger(b, 16);
    this.length = p.length() / 2;
  }

  /// The curve of these key parameters, if they name one.
  static Optional<NistCurve> of(@Nullable ASN1Encodable parameters) {
    if (parameters instanceof ASN1ObjectIdentifier name) {
      for (NistCurve curve : ALL) {
        if (curve.oid.equals(name.getId())) {
          return Optional.of(curve);
        }
      }
    }
    return Optional.empty();
  }

  /// Whether this is the uncompressed encoding (SEC 1, section 2.3.3) of a point on the curve. The
  /// cofactor is 1 and the point at infinity has no such encoding, so nothing more is to check.
  boolean hasPoint(byte[] encoded) {
    if (encoded.length != 1 + 2 * length || encoded[0] != UNCOMPRESSED) {
      return false;
    }
    BigInteger x = new BigInteger(1, encoded, 1, length);
    BigInteger y = new BigInteger(1, encoded, 1 + length, length);
    if (x.compareTo(p) >= 0 || y.compareTo(p) >= 0) {
      return false;
    }
    // y^2 = x^3 - 3x + b
    BigInteger right = x.multiply(x).subtract(THREE).multiply(x).add(b);
    return y.multiply(y).subtract(right).mod(p).signum() == 0;
  }
}
