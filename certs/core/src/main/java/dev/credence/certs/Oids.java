package dev.credence.certs;

import java.util.HexFormat;

/** Object identifiers in their encoded form (RFC 5480, RFC 5758, RFC 8017). */
final class Oids {
  private Oids() {}

  static byte[] ecPublicKey() {
    return HexFormat.of().parseHex("2a8648ce3d0201");
  }

  static byte[] ecdsaWithSha256() {
    return HexFormat.of().parseHex("2a8648ce3d040302");
  }

  static byte[] rsaEncryption() {
    return HexFormat.of().parseHex("2a864886f70d010101");
  }

  static byte[] p256() {
    return HexFormat.of().parseHex("2a8648ce3d030107");
  }

  static byte[] p384() {
    return HexFormat.of().parseHex("2b81040022");
  }
}
