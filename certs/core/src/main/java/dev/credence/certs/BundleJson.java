package dev.credence.certs;

import java.math.BigInteger;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes the SPIFFE bundle document. All values are numbers or base64, so nothing needs escapes.
 */
final class BundleJson {
  private BundleJson() {}

  static String write(List<X509Certificate> authorities, long sequence, Duration refreshHint) {
    return "{\"spiffe_sequence\":"
        + sequence
        + ",\"spiffe_refresh_hint\":"
        + refreshHint.toSeconds()
        + ",\"keys\":["
        + authorities.stream().map(BundleJson::entry).collect(Collectors.joining(","))
        + "]}";
  }

  private static String entry(X509Certificate authority) {
    return "{"
        + keyMembers(authority.getPublicKey())
        + ",\"use\":\"x509-svid\",\"x5c\":[\""
        + Base64.getEncoder().encodeToString(Certificates.toDer(authority))
        + "\"]}";
  }

  private static String keyMembers(PublicKey key) {
    if (key instanceof ECPublicKey ec) {
      int bits = ec.getParams().getCurve().getField().getFieldSize();
      int length = (bits + 7) / 8;
      return "\"kty\":\"EC\",\"crv\":\""
          + curve(bits)
          + "\",\"x\":\""
          + base64Url(ec.getW().getAffineX(), length)
          + "\",\"y\":\""
          + base64Url(ec.getW().getAffineY(), length)
          + "\"";
    }
    if (key instanceof RSAPublicKey rsa) {
      return "\"kty\":\"RSA\",\"n\":\""
          + base64Url(rsa.getModulus())
          + "\",\"e\":\""
          + base64Url(rsa.getPublicExponent())
          + "\"";
    }
    throw new IllegalStateException(
        "authority with a key of type " + key.getAlgorithm() + " (expected: EC or RSA)");
  }

  private static String curve(int bits) {
    return switch (bits) {
      case 256 -> "P-256";
      case 384 -> "P-384";
      case 521 -> "P-521";
      default ->
          throw new IllegalStateException(
              "authority with a curve of " + bits + " bits (expected: 256, 384 or 521)");
    };
  }

  private static String base64Url(BigInteger value) {
    return base64Url(value, (value.bitLength() + 7) / 8);
  }

  private static String base64Url(BigInteger value, int length) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(Unsigned.bytes(value, length));
  }
}
