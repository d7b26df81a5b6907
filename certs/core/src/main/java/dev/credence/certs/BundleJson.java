package dev.credence.certs;

import dev.credence.certs.JsonValue.Elements;
import dev.credence.certs.JsonValue.Members;
import dev.credence.certs.JsonValue.Numeral;
import dev.credence.certs.JsonValue.Text;
import java.math.BigInteger;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes the SPIFFE bundle document. */
final class BundleJson {
  private BundleJson() {}

  static String write(
      List<X509Certificate> authorities, List<JwtKey> jwt, long sequence, Duration refreshHint) {
    Map<String, JsonValue> document = new LinkedHashMap<>();
    document.put("spiffe_sequence", Numeral.of(sequence));
    document.put("spiffe_refresh_hint", Numeral.of(refreshHint.toSeconds()));
    document.put("keys", keys(authorities, jwt));
    return new Members(document).write();
  }

  /** One without a hint. */
  static Members document(X509Bundle x509, JwtBundle jwt, long sequence) {
    Map<String, JsonValue> document = new LinkedHashMap<>();
    document.put("spiffe_sequence", Numeral.of(sequence));
    document.put("keys", keys(x509.authorities(), jwt.keys()));
    return new Members(document);
  }

  private static Elements keys(List<X509Certificate> authorities, List<JwtKey> jwt) {
    List<JsonValue> keys = new ArrayList<>();
    authorities.forEach(authority -> keys.add(entry(authority)));
    jwt.forEach(key -> keys.add(key.toJwk()));
    return new Elements(keys);
  }

  private static Members entry(X509Certificate authority) {
    Map<String, JsonValue> entry =
        new LinkedHashMap<>(keyMembers(authority.getPublicKey()).values());
    entry.put("use", new Text("x509-svid"));
    String der = Base64.getEncoder().encodeToString(Certificates.toDer(authority));
    entry.put("x5c", Elements.ofTexts(List.of(der)));
    return new Members(entry);
  }

  /** The members that the key's type has (RFC 7518, section 6). */
  static Members keyMembers(PublicKey key) {
    Map<String, JsonValue> members = new LinkedHashMap<>();
    if (key instanceof ECPublicKey ec) {
      int bits = ec.getParams().getCurve().getField().getFieldSize();
      int length = (bits + 7) / 8;
      members.put("kty", new Text("EC"));
      members.put("crv", new Text(curve(bits)));
      members.put("x", number(ec.getW().getAffineX(), length));
      members.put("y", number(ec.getW().getAffineY(), length));
      return new Members(members);
    }
    if (key instanceof RSAPublicKey rsa) {
      members.put("kty", new Text("RSA"));
      members.put("n", number(rsa.getModulus()));
      members.put("e", number(rsa.getPublicExponent()));
      return new Members(members);
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

  private static Text number(BigInteger value) {
    return number(value, (value.bitLength() + 7) / 8);
  }

  private static Text number(BigInteger value, int length) {
    return new Text(Base64Url.encode(Unsigned.bytes(value, length)));
  }
}
