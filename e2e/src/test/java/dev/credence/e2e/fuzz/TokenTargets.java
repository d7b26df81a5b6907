package dev.credence.e2e.fuzz;

import static dev.credence.e2e.fuzz.Inputs.AUTHORITY;
import static dev.credence.e2e.fuzz.Inputs.DOMAIN;
import static dev.credence.e2e.fuzz.Inputs.ILLEGAL;
import static dev.credence.e2e.fuzz.Inputs.NOW;
import static dev.credence.e2e.fuzz.Inputs.RANDOM;
import static dev.credence.e2e.fuzz.Inputs.same;
import static dev.credence.e2e.fuzz.Inputs.text;
import static dev.credence.e2e.fuzz.Inputs.utf8;

import dev.credence.attestors.join.EnrollmentToken;
import dev.credence.attestors.join.JoinToken;
import dev.credence.attestors.join.JoinTokenSecret;
import dev.credence.attestors.join.ServerAddress;
import dev.credence.certs.BundleDocument;
import dev.credence.certs.BundleMap;
import dev.credence.certs.JsonValue;
import dev.credence.certs.Jwt;
import dev.credence.certs.JwtBundle;
import dev.credence.certs.JwtException;
import dev.credence.certs.JwtVerifier;
import dev.credence.e2e.client.Keys;
import java.nio.charset.StandardCharsets;
import java.security.Provider;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/// Tokens, and documents of keys.
final class TokenTargets {

  private static final Provider CRYPTO = Keys.CRYPTO;
  private static final Set<Class<? extends Exception>> JWT = Set.of(JwtException.class);

  private TokenTargets() {}

  static List<Target> all() {
    var x509 = AUTHORITY.bundle();
    String document = x509.toJwks(7, Duration.ofMinutes(5));
    String jwks =
        document.replace("x509-svid", "jwt-svid").replace("\"kty\"", "\"kid\":\"k\",\"kty\"");
    String map = BundleMap.write(List.of(new BundleMap.Member(x509, JwtBundle.empty(DOMAIN), 1)));
    String token =
        "eyJhbGciOiJFUzI1NiIsImtpZCI6ImsifQ.eyJzdWIiOiJzcGlmZmU6Ly90ZC5leGFtcGxlL2EiLCJhdWQiOiJhIiwiZXhwIjo0MTAyNDQ0ODAwfQ."
            + "A".repeat(86);
    var verifier = new JwtVerifier(CRYPTO);
    return List.of(
        new Target(
            "json",
            "JsonValue.parse",
            "anybody's tokens and bundles",
            utf8(document, "{\"a\":[1,-2.5e3,true,null,\"\\u00e9\\n\"],\"b\":{}}", "{}"),
            JWT,
            input -> {
              var value = JsonValue.Members.parse(input);
              same(JsonValue.Members.parse(value.write().getBytes(StandardCharsets.UTF_8)), value);
            }),
        new Target(
            "jwt",
            "Jwt.parse",
            "anybody's tokens",
            utf8(token),
            JWT,
            input -> {
              Jwt.parse(text(input));
              try {
                verifier.verify(
                    text(input), JwtBundle.parse(DOMAIN, utf8(jwks).getFirst()), "a", NOW);
                throw new AssertionError("a token that nobody signed was accepted");
              } catch (JwtException refused) {
                // as it must be
              }
            }),
        new Target(
            "jwks",
            "JwtBundle.parse",
            "the server, the Workload API",
            utf8(jwks, "{\"keys\":[]}"),
            JWT,
            input -> {
              var bundle = JwtBundle.parse(DOMAIN, input);
              same(JwtBundle.parse(DOMAIN, bundle.toJwks()), bundle);
            }),
        new Target(
            "bundle-document",
            "BundleDocument.parse",
            "other trust domains",
            utf8(document, "{\"keys\":[]}"),
            JWT,
            input -> {
              var read = BundleDocument.parse(DOMAIN, input);
              var again =
                  BundleDocument.parse(
                      DOMAIN,
                      read.x509()
                          .toJwks(read.jwt(), 1, Duration.ofSeconds(1))
                          .getBytes(StandardCharsets.UTF_8));
              same(again.x509(), read.x509());
              same(again.jwt(), read.jwt());
            }),
        new Target(
            "bundle-map",
            "BundleMap.parse",
            "other trust domains",
            utf8(map, "{\"trust_domains\":{}}"),
            JWT,
            input -> BundleMap.parse(input)),
        new Target(
            "join-token",
            "JoinToken.parse",
            "token files",
            utf8(
                new JoinToken(
                        new ServerAddress("a.example", 1),
                        DOMAIN,
                        List.of(AUTHORITY.pin()),
                        JoinTokenSecret.random(RANDOM))
                    .reveal(),
                "credence-join-v1."),
            ILLEGAL,
            input -> JoinToken.parse(text(input))),
        new Target(
            "enrollment-token",
            "EnrollmentToken.parse",
            "token files",
            utf8(
                new EnrollmentToken(
                        new JoinToken(
                            new ServerAddress("a.example", 1),
                            DOMAIN,
                            List.of(AUTHORITY.pin()),
                            JoinTokenSecret.random(RANDOM)))
                    .reveal(),
                "credence-admin-v1."),
            ILLEGAL,
            input -> EnrollmentToken.parse(text(input))));
  }
}
