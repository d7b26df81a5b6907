package dev.credence.certs;

import dev.credence.certs.JsonValue.Elements;
import dev.credence.certs.JsonValue.Members;
import dev.credence.certs.JsonValue.Numeral;
import dev.credence.certs.JsonValue.Text;
import dev.credence.certs.JwtException.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the claims that a JWT-SVID must have (JWT-SVID, section 3). Stateless. */
final class JwtClaims {
  private static final int MAX_AUDIENCES = 64;
  private static final double LAST_SECOND = 253_402_300_799.0; // the end of the year 9999

  private JwtClaims() {}

  static SpiffeId subject(Members claims) throws JwtException {
    if (!(claims.get("sub").orElse(null) instanceof Text subject)) {
      throw new JwtException(Reason.SUBJECT, "token: sub (expected: a SPIFFE ID)");
    }
    try {
      return SpiffeId.parse(subject.value());
    } catch (IllegalArgumentException e) {
      throw new JwtException(Reason.SUBJECT, "token: sub: " + e.getMessage(), e);
    }
  }

  static List<String> audiences(Members claims) throws JwtException {
    JsonValue claim = claims.get("aud").orElse(null);
    List<JsonValue> values =
        claim instanceof Elements several
            ? several.values()
            : claim instanceof Text one ? List.of(one) : List.of();
    if (values.isEmpty() || values.size() > MAX_AUDIENCES) {
      throw noAudience();
    }
    List<String> audiences = new ArrayList<>();
    for (JsonValue value : values) {
      if (!(value instanceof Text text) || text.value().isEmpty()) {
        throw noAudience();
      }
      audiences.add(text.value());
    }
    return List.copyOf(audiences);
  }

  private static JwtException noAudience() {
    return new JwtException(
        Reason.AUDIENCE, "token: aud (expected: a text, or 1 to " + MAX_AUDIENCES + " of them)");
  }

  static Instant expiry(Members claims) throws JwtException {
    return time(claims, "exp")
        .orElseThrow(() -> new JwtException(Reason.EXPIRY, "token: exp missing"));
  }

  /** A NumericDate; parts of a second are cut. */
  static Optional<Instant> time(Members claims, String name) throws JwtException {
    Optional<JsonValue> claim = claims.get(name);
    if (claim.isEmpty()) {
      return Optional.empty();
    }
    if (claim.get() instanceof Numeral numeral) {
      double seconds = numeral.toDouble();
      if (seconds >= 0 && seconds <= LAST_SECOND) {
        return Optional.of(Instant.ofEpochSecond((long) seconds));
      }
    }
    throw new JwtException(
        Reason.EXPIRY,
        "token: "
            + name
            + " "
            + Printable.quoted(claim.get().write())
            + " (expected: seconds since 1970)");
  }
}
