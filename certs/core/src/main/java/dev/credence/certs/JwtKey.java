package dev.credence.certs;

import dev.credence.certs.JsonValue.Members;
import dev.credence.certs.JsonValue.Text;
import dev.credence.certs.JwtException.Reason;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A public key that JWT-SVIDs of a trust domain are signed with, and its id. Immutable. RSA of 2048
 * to 8192 bits, or EC on P-256, P-384 or P-521.
 */
public final class JwtKey {
  private static final int MAX_KEY_ID = 256;
  private static final int MIN_RSA_BITS = 2048;
  private static final int MAX_RSA_BITS = 8192;
  private static final int MAX_EXPONENT_BITS = 33;
  private static final Set<String> SECRETS = Set.of("d", "p", "q", "dp", "dq", "qi", "oth", "k");

  private final String id;
  private final PublicKey key;

  private JwtKey(String id, PublicKey key) {
    this.id = id;
    this.key = key;
  }

  /**
   * A key and the id that tokens name it by.
   *
   * @throws IllegalArgumentException if the id is empty or longer than 256 characters, or the key
   *     is of another kind or too weak
   */
  public static JwtKey of(String id, PublicKey key) {
    try {
      return checked(id, key);
    } catch (JwtException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /** Reads a JWK of kty EC or RSA (RFC 7517) whose id is known to be there. */
  static JwtKey parse(String id, Members jwk) throws JwtException {
    for (String secret : SECRETS) {
      if (jwk.get(secret).isPresent()) {
        throw new JwtException(
            Reason.KEY, shown(id) + ": has the member " + secret + " (expected: a public key)");
      }
    }
    try {
      return checked(id, text(id, jwk, "kty").equals("EC") ? ec(id, jwk) : rsa(id, jwk));
    } catch (GeneralSecurityException | RuntimeException e) {
      throw e instanceof JwtException known
          ? known
          : new JwtException(Reason.KEY, shown(id) + ": not usable", e);
    }
  }

  private static PublicKey ec(String id, Members jwk) throws GeneralSecurityException {
    JwkCurve curve =
        JwkCurve.of(text(id, jwk, "crv"))
            .orElseThrow(() -> wrong(id, "crv", "P-256, P-384 or P-521"));
    var point = new ECPoint(coordinate(id, jwk, "x", curve), coordinate(id, jwk, "y", curve));
    return KeyFactory.getInstance("EC")
        .generatePublic(new ECPublicKeySpec(point, curve.parameters()));
  }

  private static BigInteger coordinate(String id, Members jwk, String name, JwkCurve curve)
      throws JwtException {
    byte[] bytes =
        Base64Url.decode(text(id, jwk, name))
            .filter(one -> one.length == curve.length())
            .orElseThrow(() -> wrong(id, name, "base64url of " + curve.length() + " bytes"));
    return new BigInteger(1, bytes);
  }

  private static PublicKey rsa(String id, Members jwk) throws GeneralSecurityException {
    BigInteger modulus =
        Base64Url.number(text(id, jwk, "n"))
            .filter(n -> n.bitLength() <= MAX_RSA_BITS)
            .orElseThrow(() -> wrong(id, "n", "base64url of at most 1024 bytes"));
    BigInteger exponent =
        Base64Url.number(text(id, jwk, "e"))
            .filter(e -> e.bitLength() <= MAX_EXPONENT_BITS)
            .orElseThrow(() -> wrong(id, "e", "base64url of a small number"));
    return KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, exponent));
  }

  private static JwtKey checked(String id, PublicKey key) throws JwtException {
    if (id.isEmpty() || id.length() > MAX_KEY_ID) {
      throw new JwtException(
          Reason.KEY,
          "key id of " + id.length() + " characters (expected: 1 to " + MAX_KEY_ID + ")");
    }
    if (key instanceof RSAPublicKey rsa) {
      int bits = rsa.getModulus().bitLength();
      BigInteger exponent = rsa.getPublicExponent();
      if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS || !rsa.getModulus().testBit(0)) {
        throw wrong(id, "n", "odd, of 2048 to 8192 bits");
      }
      if (exponent.compareTo(BigInteger.TWO) <= 0 || !exponent.testBit(0)) {
        throw wrong(id, "e", "odd, at least 3");
      }
      return new JwtKey(id, key);
    }
    if (key instanceof ECPublicKey ec && isOnItsCurve(ec)) {
      return new JwtKey(id, key);
    }
    throw new JwtException(
        Reason.KEY, shown(id) + ": expected a point on P-256, P-384 or P-521, or RSA");
  }

  private static boolean isOnItsCurve(ECPublicKey key) {
    return Arrays.stream(JwkCurve.values())
        .filter(curve -> curve.isOf(key.getParams()))
        .anyMatch(curve -> curve.holds(key.getW()));
  }

  private static String text(String id, Members jwk, String name) throws JwtException {
    if (jwk.get(name).orElse(null) instanceof Text text) {
      return text.value();
    }
    throw wrong(id, name, "a text");
  }

  private static JwtException wrong(String id, String name, String expected) {
    return new JwtException(Reason.KEY, shown(id) + ": " + name + " (expected: " + expected + ")");
  }

  private static String shown(String id) {
    return "key " + Printable.quoted(id);
  }

  /** Its id, as tokens name it in {@code kid}. */
  public String id() {
    return id;
  }

  /** The public key. */
  public PublicKey key() {
    return key;
  }

  /** The JWK with {@code use} jwt-svid (Trust Domain and Bundle, section 4.2). */
  public Members toJwk() {
    Map<String, JsonValue> jwk = new LinkedHashMap<>(BundleJson.keyMembers(key).values());
    jwk.put("use", new Text(JwtBundle.USE));
    jwk.put("kid", new Text(id));
    return new Members(jwk);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof JwtKey that
        && id.equals(that.id)
        && Arrays.equals(key.getEncoded(), that.key.getEncoded());
  }

  @Override
  public int hashCode() {
    return Objects.hash(id, Arrays.hashCode(key.getEncoded()));
  }

  /** The id. */
  @Override
  public String toString() {
    return shown(id);
  }
}
