package dev.credence.certs;

import dev.credence.certs.JsonValue.Elements;
import dev.credence.certs.JsonValue.Members;
import dev.credence.certs.JsonValue.Numeral;
import dev.credence.certs.JsonValue.Text;
import dev.credence.certs.JwtException.Reason;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A SPIFFE bundle document as it was read (Trust Domain and Bundle, section 4): what a trust domain
 * publishes of itself. Immutable. An element that cannot be used is left out and the others count;
 * a document in which nothing can be used trusts nothing.
 */
public final class BundleDocument {
  /** The longest document that is read, in bytes. */
  public static final int MAX_LENGTH = JwtBundle.MAX_LENGTH;

  private static final String USE = "x509-svid";
  private static final String SEQUENCE = "spiffe_sequence";
  private static final String REFRESH_HINT = "spiffe_refresh_hint";

  private final X509Bundle x509;
  private final JwtBundle jwt;
  private final OptionalLong sequence;
  private final Optional<Duration> refreshHint;
  private final List<String> ignored;

  private BundleDocument(
      X509Bundle x509,
      JwtBundle jwt,
      OptionalLong sequence,
      Optional<Duration> refreshHint,
      List<String> ignored) {
    this.x509 = x509;
    this.jwt = jwt;
    this.sequence = sequence;
    this.refreshHint = refreshHint;
    this.ignored = List.copyOf(ignored);
  }

  /**
   * Reads a document. Its trust domain is not written in it.
   *
   * @throws JwtException TOO_LARGE; MALFORMED: not strict JSON, no array {@code keys}, or a
   *     sequence or hint that is no whole number that fits; KEY: a JWT key that counts is malformed
   */
  public static BundleDocument parse(TrustDomain trustDomain, byte[] json) throws JwtException {
    // It refuses what is too large and what has no array of keys, before anything else is looked
    // at.
    JwtBundle jwt = JwtBundle.parse(trustDomain, json);
    return of(jwt, Members.parse(json));
  }

  /** Of a member of a bundle map, which has been read as JSON. */
  static BundleDocument of(TrustDomain trustDomain, Members document) throws JwtException {
    return of(JwtBundle.of(trustDomain, document), document);
  }

  private static BundleDocument of(JwtBundle jwt, Members document) throws JwtException {
    List<X509Certificate> authorities = new ArrayList<>();
    List<String> ignored = new ArrayList<>();
    int number = 0;
    for (JsonValue element : keys(document)) {
      if (element instanceof Members jwk && text(jwk, "use").equals(USE)) {
        try {
          authorities.add(authority(jwk));
        } catch (SvidException | IllegalArgumentException | IllegalStateException e) {
          ignored.add("keys[" + number + "]: " + e.getMessage());
        }
      }
      number++;
    }
    Optional<BigInteger> hint = whole(document, REFRESH_HINT);
    Optional<BigInteger> sequence = whole(document, SEQUENCE);
    return new BundleDocument(
        X509Bundle.of(jwt.trustDomain(), authorities),
        jwt,
        sequence.isPresent()
            ? OptionalLong.of(sequence.get().longValueExact())
            : OptionalLong.empty(),
        hint.map(seconds -> Duration.ofSeconds(seconds.longValueExact())),
        ignored);
  }

  private static List<JsonValue> keys(Members document) {
    return document.get("keys").orElse(null) instanceof Elements keys ? keys.values() : List.of();
  }

  /** Only the first certificate counts (section 4.2.2). */
  private static X509Certificate authority(Members jwk) throws SvidException {
    if (jwk.get("x5c").orElse(null) instanceof Elements chain
        && !chain.values().isEmpty()
        && chain.values().get(0) instanceof Text der) {
      X509Certificate authority = Certificates.parse(Base64.getDecoder().decode(der.value()));
      requireItsKey(jwk, BundleJson.keyMembers(authority.getPublicKey()));
      return authority;
    }
    throw new IllegalArgumentException("x5c (expected: one certificate, in base64)");
  }

  /** Two readers must not take two keys from one element. */
  private static void requireItsKey(Members jwk, Members key) {
    for (Map.Entry<String, JsonValue> member : key.values().entrySet()) {
      if (!member.getValue().equals(jwk.get(member.getKey()).orElse(null))) {
        throw new IllegalArgumentException(
            member.getKey() + " (expected: that of the certificate's key)");
      }
    }
  }

  private static Optional<BigInteger> whole(Members document, String name) throws JwtException {
    Optional<JsonValue> value = document.get(name);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    // Digits only: no reader may round it.
    if (value.get() instanceof Numeral numeral && numeral.literal().matches("[0-9]{1,19}")) {
      var whole = new BigInteger(numeral.literal());
      if (whole.bitLength() < Long.SIZE) {
        return Optional.of(whole);
      }
    }
    throw new JwtException(
        Reason.MALFORMED, name + " (expected: a whole number from 0 to 2^63 - 1)");
  }

  private static String text(Members jwk, String name) {
    return jwk.get(name).orElse(null) instanceof Text text ? text.value() : "";
  }

  /** Whose it is, as whoever read it was told. */
  public TrustDomain trustDomain() {
    return x509.trustDomain();
  }

  /** The X.509 authorities. */
  public X509Bundle x509() {
    return x509;
  }

  /** The JWT authorities. */
  public JwtBundle jwt() {
    return jwt;
  }

  /** Rises with each change of the content, if the document says so. */
  public OptionalLong sequence() {
    return sequence;
  }

  /** How often it should be fetched again, if the document says so. */
  public Optional<Duration> refreshHint() {
    return refreshHint;
  }

  /** X.509 elements that were left out, and why; for logs. */
  public List<String> ignored() {
    return ignored;
  }

  @Override
  public String toString() {
    return x509 + " and " + jwt;
  }
}
