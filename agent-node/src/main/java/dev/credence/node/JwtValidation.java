package dev.credence.node;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.credence.certs.JsonValue;
import dev.credence.certs.JwtBundle;
import dev.credence.certs.JwtException;
import dev.credence.certs.JwtSvid;
import dev.credence.certs.JwtVerifier;
import dev.credence.node.Standing.NotNow;
import dev.credence.proto.workload.ValidateJWTSVIDRequest;
import dev.credence.proto.workload.ValidateJWTSVIDResponse;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Validates tokens for those who don't do it themselves (SPIFFE Workload API, section 6.2.3), with
/// the bundle of the own trust domain: no other one is known here. Thread-safe.
final class JwtValidation {
  private final JwtTrust trust;
  private final JwtVerifier verifier;
  private final Clock clock;

  JwtValidation(JwtTrust trust, JwtVerifier verifier, Clock clock) {
    this.trust = trust;
    this.verifier = verifier;
    this.clock = clock;
  }

  /// @throws RefusedException if the node does not know its authorities yet
  /// @throws IllegalArgumentException if the token does not hold: the reason, and a line for people
  ValidateJWTSVIDResponse validate(ValidateJWTSVIDRequest request) throws RefusedException {
    Optional<JwtBundle> bundle = trust.bundle();
    if (bundle.isEmpty()) {
      throw new RefusedException(new NotNow(Evaluation.NOT_SYNCHRONISED));
    }
    try {
      return message(
          verifier.verify(request.getSvid(), bundle.get(), request.getAudience(), clock.instant()));
    } catch (JwtException e) {
      String reason = e.reason().name().toLowerCase(Locale.ROOT).replace('_', '-');
      throw new IllegalArgumentException(reason + ": " + e.getMessage(), e);
    }
  }

  private static ValidateJWTSVIDResponse message(JwtSvid svid) {
    Struct.Builder claims = struct(svid.claims()).toBuilder();
    List<Value> audiences =
        svid.audiences().stream()
            .map(audience -> Value.newBuilder().setStringValue(audience).build())
            .toList();
    // One form for clients, whichever the token has.
    claims.putFields(
        "aud",
        Value.newBuilder().setListValue(ListValue.newBuilder().addAllValues(audiences)).build());
    return ValidateJWTSVIDResponse.newBuilder()
        .setSpiffeId(svid.id().toString())
        .setClaims(claims)
        .build();
  }

  private static Struct struct(JsonValue.Members members) {
    var struct = Struct.newBuilder();
    members.values().forEach((name, value) -> struct.putFields(name, value(value)));
    return struct.build();
  }

  private static Value value(JsonValue json) {
    var value = Value.newBuilder();
    return switch (json) {
      case JsonValue.Members members -> value.setStructValue(struct(members)).build();
      case JsonValue.Elements(List<JsonValue> elements) ->
          value
              .setListValue(
                  ListValue.newBuilder()
                      .addAllValues(elements.stream().map(JwtValidation::value).toList()))
              .build();
      case JsonValue.Text(String text) -> value.setStringValue(text).build();
      case JsonValue.Numeral numeral -> value.setNumberValue(numeral.toDouble()).build();
      case JsonValue.Truth(boolean truth) -> value.setBoolValue(truth).build();
      case JsonValue.Nothing _ -> value.setNullValue(NullValue.NULL_VALUE).build();
    };
  }
}
