package dev.credence.certs;

import java.security.interfaces.ECPublicKey;

/** The two curves that Credence uses keys on. Stateless. */
final class Curves {
  private Curves() {}

  /** Bytes of one coordinate. */
  static int length(ECPublicKey key) {
    int bits = key.getParams().getCurve().getField().getFieldSize();
    if (bits != 256 && bits != 384) {
      throw new IllegalArgumentException("EC key of " + bits + " bits (expected: 256 or 384)");
    }
    return bits / 8;
  }

  static byte[] oid(ECPublicKey key) {
    return length(key) == 32 ? Oids.p256() : Oids.p384();
  }

  /** The uncompressed point (SEC 1, section 2.3.3). */
  static byte[] uncompressed(ECPublicKey key) {
    int length = length(key);
    return Der.concatenated(
        new byte[] {4},
        Unsigned.bytes(key.getW().getAffineX(), length),
        Unsigned.bytes(key.getW().getAffineY(), length));
  }
}
