package dev.credence.certs;

import dev.credence.certs.JsonValue.Members;
import dev.credence.certs.JsonValue.Text;
import dev.credence.certs.JwtException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/**
 * A token that was taken apart but not verified: **nothing that it says may be believed**. {@link
 * JwtVerifier} makes a {@link JwtSvid} of it. Its form and its header are those of a JWT-SVID
 * (JWT-SVID, sections 2 and 5.1). Immutable; never prints the token.
 */
public final class Jwt {
  /** The longest token that is looked at, in characters. */
  public static final int MAX_LENGTH = 16 * 1024;

  private static final int MAX_KEY_ID = 256;
  private static final Set<String> PARAMETERS = Set.of("alg", "kid", "typ");
  private static final Set<String> TYPES = Set.of("JWT", "JOSE");

  private final Members header;
  private final Members claims;
  private final JwsAlgorithm algorithm;
  private final Optional<String> keyId;
  private final byte[] signed;
  private final byte[] signature;

  private Jwt(Members header, Members claims, byte[] signed, byte[] signature) throws JwtException {
    this.header = header;
    this.claims = claims;
    this.signed = signed;
    this.signature = signature;
    this.algorithm = checkHeader(header);
    this.keyId = keyId(header);
  }

  /**
   * Takes a token apart.
   *
   * @throws JwtException TOO_LARGE, MALFORMED, HEADER, CRITICAL, TYPE or ALGORITHM
   */
  public static Jwt parse(String token) throws JwtException {
    if (token.length() > MAX_LENGTH) {
      throw new JwtException(
          Reason.TOO_LARGE,
          "token of " + token.length() + " characters (expected: at most " + MAX_LENGTH + ")");
    }
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3) {
      throw new JwtException(
          Reason.MALFORMED,
          "token of " + parts.length + " parts (expected: 3, a JWS in compact form)");
    }
    byte[] signature = bytes(parts[2], "signature");
    Members header = members(parts[0], "header");
    Members claims = members(parts[1], "claims");
    byte[] signed = (parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII);
    return new Jwt(header, claims, signed, signature);
  }

  private static Members members(String part, String what) throws JwtException {
    try {
      return JsonText.members(bytes(part, what));
    } catch (JsonException e) {
      throw new JwtException(Reason.MALFORMED, "token: " + what + ": " + e.getMessage(), e);
    }
  }

  private static byte[] bytes(String part, String what) throws JwtException {
    byte[] bytes =
        Base64Url.decode(part)
            .orElseThrow(() ->
                new JwtException(
                    Reason.MALFORMED, "token: " + what + " (expected: base64url without padding)"));
    if (bytes.length == 0) {
      throw new JwtException(Reason.MALFORMED, "token: " + what + " empty");
    }
    return bytes;
  }

  private static JwsAlgorithm checkHeader(Members header) throws JwtException {
    if (header.get("crit").isPresent()) {
      throw new JwtException(Reason.CRITICAL, "token: header has crit (expected: none)");
    }
    for (String name : header.values().keySet()) {
      if (!PARAMETERS.contains(name)) {
        throw new JwtException(
            Reason.HEADER,
            "token: header has " + Printable.quoted(name) + " (expected: alg, kid, typ only)");
      }
    }
    Optional<JsonValue> type = header.get("typ");
    if (type.isPresent() && !(type.get() instanceof Text text && TYPES.contains(text.value()))) {
      throw new JwtException(
          Reason.TYPE, "token: typ " + shown(type.get()) + " (expected: JWT or JOSE, or none)");
    }
    return algorithm(header);
  }

  private static JwsAlgorithm algorithm(Members header) throws JwtException {
    Optional<JsonValue> name = header.get("alg");
    Optional<JwsAlgorithm> known =
        name.isPresent() && name.get() instanceof Text text
            ? JwsAlgorithm.of(text.value())
            : Optional.empty();
    return known.orElseThrow(() ->
        new JwtException(
            Reason.ALGORITHM,
            "token: alg "
                + name.map(Jwt::shown).orElse("missing")
                + " (expected: RS, ES or PS with 256, 384 or 512)"));
  }

  private static Optional<String> keyId(Members header) throws JwtException {
    Optional<JsonValue> id = header.get("kid");
    if (id.isEmpty()) {
      return Optional.empty();
    }
    if (id.get() instanceof Text text
        && !text.value().isEmpty()
        && text.value().length() <= MAX_KEY_ID) {
      return Optional.of(text.value());
    }
    throw new JwtException(
        Reason.HEADER,
        "token: kid " + shown(id.get()) + " (expected: a text of 1 to " + MAX_KEY_ID + ")");
  }

  private static String shown(JsonValue value) {
    return Printable.quoted(value instanceof Text text ? text.value() : value.write());
  }

  /** The header's parameters. */
  public Members header() {
    return header;
  }

  /** The claims, as whoever wrote the token wants them to be believed. */
  public Members claims() {
    return claims;
  }

  /** The signature algorithm that the header names. */
  public String algorithm() {
    return algorithm.name();
  }

  /** The key that the header names, if it names one. */
  public Optional<String> keyId() {
    return keyId;
  }

  JwsAlgorithm jws() {
    return algorithm;
  }

  boolean isSignedBy(JwtKey key, java.security.Provider crypto) {
    return algorithm.verify(key.key(), signed, signature, crypto);
  }

  /** Algorithm and key only: a token is a secret. */
  @Override
  public String toString() {
    return "unverified token ("
        + algorithm
        + ", key "
        + keyId.map(Printable::quoted).orElse("?")
        + ")";
  }
}
