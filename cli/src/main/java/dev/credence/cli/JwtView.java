package dev.credence.cli;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.credence.certs.ExecutionClaim;
import dev.credence.certs.ExecutionFacts;
import dev.credence.certs.JsonValue;
import dev.credence.certs.Jwt;
import dev.credence.certs.JwtException;
import dev.credence.cli.print.Sheet;
import dev.credence.cli.print.Times;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// What a token says, for people and as JSON. The token itself is not shown.
record JwtView(Times times, Instant now, Jwt token) {

  private static final double LAST_SECOND = 253_402_300_799.0;

  Consumer<PrintWriter> sheet() {
    var sheet = new Sheet();
    lines().forEach((key, value) -> sheet.line(key, value));
    var facts = facts();
    if (!facts.isEmpty()) {
      sheet.section("Execution");
      facts.forEach((key, value) -> sheet.line(key, value));
    }
    return sheet::print;
  }

  Struct json() {
    var struct = SvidView.struct(lines());
    var facts = facts();
    if (!facts.isEmpty()) {
      struct.putFields(
          "execution", Value.newBuilder().setStructValue(SvidView.struct(facts)).build());
    }
    return struct.build();
  }

  private Map<String, String> lines() {
    var lines = new LinkedHashMap<String, String>();
    lines.put("SPIFFE ID", text("sub"));
    lines.put("Audiences", text("aud"));
    lines.put("Issued at", time("iat").map(times::format).orElse(""));
    lines.put("Valid until", time("exp").map(times::format).orElse(""));
    lines.put("State", state());
    lines.put("Token id", text("jti"));
    lines.put("Key", token.algorithm() + token.keyId().map(id -> ", " + id).orElse(""));
    return lines;
  }

  private String state() {
    return time("exp")
        .map(expiry -> now.isBefore(expiry) ? "within its validity" : "expired")
        .orElse("without an expiry, so never valid");
  }

  private String text(String claim) {
    return token.claims().get(claim).map(JwtView::text).orElse("");
  }

  private static String text(JsonValue value) {
    return switch (value) {
      case JsonValue.Text(String text) -> text;
      case JsonValue.Elements several ->
          several.values().stream().map(JwtView::text).collect(Collectors.joining(", "));
      default -> value.write();
    };
  }

  private Optional<Instant> time(String claim) {
    return token.claims().get(claim).orElse(null) instanceof JsonValue.Numeral numeral
            && numeral.toDouble() >= 0
            && numeral.toDouble() <= LAST_SECOND
        ? Optional.of(Instant.ofEpochSecond((long) numeral.toDouble()))
        : Optional.empty();
  }

  private Map<String, String> facts() {
    try {
      Optional<ExecutionFacts> facts = ExecutionClaim.of(token.claims());
      return facts.map(SvidView::lines).orElse(Map.of());
    } catch (JwtException e) {
      return Map.of("Unreadable", String.valueOf(e.getMessage()));
    }
  }
}
