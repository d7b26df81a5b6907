package dev.credence.certs;

import dev.credence.certs.JsonValue.Elements;
import dev.credence.certs.JsonValue.Members;
import dev.credence.certs.JsonValue.Text;
import dev.credence.certs.JwtException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The JWT authorities of one trust domain. Immutable. An empty bundle is legal: it trusts nothing.
 * Bundles of different trust domains are never merged, and X.509 authorities are never in it.
 */
public final class JwtBundle {
  /** The {@code use} of its keys (Trust Domain and Bundle, section 4.2.2). */
  public static final String USE = "jwt-svid";

  /** The longest document that is read, in bytes. */
  public static final int MAX_LENGTH = 1024 * 1024;

  private static final int MAX_KEYS = 256;
  private static final List<String> KEY_TYPES = List.of("EC", "RSA");

  private final TrustDomain trustDomain;
  private final Map<String, JwtKey> byId;

  private JwtBundle(TrustDomain trustDomain, Map<String, JwtKey> byId) {
    this.trustDomain = trustDomain;
    this.byId = byId;
  }

  /**
   * A bundle of these keys.
   *
   * @throws IllegalArgumentException if two have the same id
   */
  public static JwtBundle of(TrustDomain trustDomain, Collection<JwtKey> keys) {
    Map<String, JwtKey> byId = new TreeMap<>();
    for (JwtKey key : keys) {
      if (byId.put(key.id(), key) != null) {
        throw new IllegalArgumentException(key + ": twice (expected: each id once)");
      }
    }
    return new JwtBundle(trustDomain, byId);
  }

  /** The bundle that trusts nothing. */
  public static JwtBundle empty(TrustDomain trustDomain) {
    return of(trustDomain, List.of());
  }

  /**
   * Reads a JWK Set: a SPIFFE bundle document (Trust Domain and Bundle, section 4) or the JWT
   * bundle of the Workload API. Only elements of use {@code jwt-svid} and of a known key type
   * count; others are for other readers, and are left out, as is one without an id.
   *
   * @throws JwtException TOO_LARGE; MALFORMED: not an object with an array {@code keys}; KEY: an
   *     element that counts is malformed, weak, private, or has the id of another
   */
  public static JwtBundle parse(TrustDomain trustDomain, byte[] json) throws JwtException {
    if (json.length > MAX_LENGTH) {
      throw new JwtException(
          Reason.TOO_LARGE,
          "JWT bundle of " + json.length + " bytes (expected: at most " + MAX_LENGTH + ")");
    }
    return read(trustDomain, elements(trustDomain, json));
  }

  /** Of a document that has been read as JSON. */
  static JwtBundle of(TrustDomain trustDomain, Members document) throws JwtException {
    return read(trustDomain, elements(trustDomain, document));
  }

  private static JwtBundle read(TrustDomain trustDomain, List<JsonValue> elements)
      throws JwtException {
    Map<String, JwtKey> byId = new TreeMap<>();
    for (JsonValue element : elements) {
      Optional<JwtKey> key = element instanceof Members jwk ? key(jwk) : Optional.empty();
      if (key.isPresent() && byId.put(key.get().id(), key.get()) != null) {
        throw new JwtException(Reason.KEY, key.get() + ": twice (expected: each id once)");
      }
    }
    return new JwtBundle(trustDomain, byId);
  }

  private static List<JsonValue> elements(TrustDomain trustDomain, byte[] json)
      throws JwtException {
    try {
      return elements(trustDomain, JsonText.members(json));
    } catch (JsonException e) {
      throw new JwtException(
          Reason.MALFORMED, "JWT bundle of " + trustDomain + ": " + e.getMessage(), e);
    }
  }

  private static List<JsonValue> elements(TrustDomain trustDomain, Members document)
      throws JwtException {
    if (document.get("keys").orElse(null) instanceof Elements keys
        && keys.values().size() <= MAX_KEYS) {
      return keys.values();
    }
    throw new JwtException(
        Reason.MALFORMED,
        "JWT bundle of " + trustDomain + ": keys (expected: an array of at most " + MAX_KEYS + ")");
  }

  private static Optional<JwtKey> key(Members jwk) throws JwtException {
    boolean ours = text(jwk, "use").equals(USE) && KEY_TYPES.contains(text(jwk, "kty"));
    String id = text(jwk, "kid");
    return ours && !id.isEmpty() ? Optional.of(JwtKey.parse(id, jwk)) : Optional.empty();
  }

  private static String text(Members jwk, String name) {
    return jwk.get(name).orElse(null) instanceof Text text ? text.value() : "";
  }

  /** The trust domain. */
  public TrustDomain trustDomain() {
    return trustDomain;
  }

  /** The keys, in the order of their ids. */
  public List<JwtKey> keys() {
    return List.copyOf(byId.values());
  }

  /** The key of that id. */
  public Optional<JwtKey> key(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  /** The form of the Workload API: a JWK Set, UTF-8, the same bytes for equal bundles. */
  public byte[] toJwks() {
    var keys = new Elements(byId.values().stream().<JsonValue>map(JwtKey::toJwk).toList());
    return new Members(Map.of("keys", keys)).write().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof JwtBundle that
        && trustDomain.equals(that.trustDomain)
        && byId.equals(that.byId);
  }

  @Override
  public int hashCode() {
    return 31 * trustDomain.hashCode() + byId.hashCode();
  }

  /** The trust domain and the ids of the keys. */
  @Override
  public String toString() {
    return "JWT bundle of " + trustDomain + " " + byId.keySet();
  }
}
