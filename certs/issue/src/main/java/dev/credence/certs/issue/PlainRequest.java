package dev.credence.certs.issue;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/// The request that nodes of ours send ([dev.credence.certs.CertificateRequest]): a key on P-256,
/// an empty subject, no attributes, signed with ecdsa-with-SHA256. It is compared byte by byte with
/// the only DER that there is of it; whatever differs is for the general reader, which costs as
/// much as a tenth of an issuance. Immutable.
///
/// @param signed what is signed
/// @param spki the key's SubjectPublicKeyInfo, of which only the point is not known to be sound
/// @param point the encoded point
/// @param signature the signature's bytes, of which nothing is known
// Made for one check, in which nobody changes them.
@SuppressWarnings("ArrayRecordComponent")
record PlainRequest(byte[] signed, byte[] spki, byte[] point, byte[] signature) {
  private static final HexFormat HEX = HexFormat.of();

  // SEQUENCE of 98 bytes { 0, SEQUENCE {}, SEQUENCE { SEQUENCE { id-ecPublicKey, prime256v1 }, BIT
  // STRING of 65 bytes
  private static final byte[] BEFORE_KEY = HEX.parseHex("3062" + "020100" + "3000");
  private static final byte[] BEFORE_POINT =
      HEX.parseHex("3059" + "301306072a8648ce3d020106082a8648ce3d030107" + "034200");
  // [0] {} }, SEQUENCE { ecdsa-with-SHA256 }
  private static final byte[] AFTER_POINT = HEX.parseHex("a000" + "300a06082a8648ce3d040302");

  private static final int POINT = 65;
  private static final int NO_ATTRIBUTES = 2;
  private static final int HEAD = 3;
  private static final int LONGEST_SIGNATURE = 72;

  /// The request, if it is such a one.
  static Optional<PlainRequest> read(byte[] csr) {
    int key = HEAD + BEFORE_KEY.length;
    int point = key + BEFORE_POINT.length;
    int after = point + POINT;
    int bits = after + AFTER_POINT.length;
    // The BIT STRING has a tag, a length of one byte, and no unused bits.
    int signature = bits + HEAD;
    int length = csr.length - signature;
    boolean plain =
        length > 0
            && length <= LONGEST_SIGNATURE
            && (csr[0] & 0xff) == 0x30
            && (csr[1] & 0xff) == 0x81
            && (csr[2] & 0xff) == csr.length - HEAD
            && isAt(HEAD, BEFORE_KEY, csr)
            && isAt(key, BEFORE_POINT, csr)
            && isAt(after, AFTER_POINT, csr)
            && csr[bits] == 0x03
            && csr[bits + 1] == 1 + length
            && csr[bits + 2] == 0;
    return plain
        ? Optional.of(
            new PlainRequest(
                Arrays.copyOfRange(csr, HEAD, after + NO_ATTRIBUTES),
                Arrays.copyOfRange(csr, key, after),
                Arrays.copyOfRange(csr, point, after),
                Arrays.copyOfRange(csr, signature, csr.length)))
        : Optional.empty();
  }

  private static boolean isAt(int at, byte[] expected, byte[] csr) {
    return Arrays.equals(csr, at, at + expected.length, expected, 0, expected.length);
  }
}
