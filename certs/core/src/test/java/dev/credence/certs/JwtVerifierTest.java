package dev.credence.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.credence.certs.JwtException.Reason;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JwtVerifierTest {
  private static final KeyPair RSA = Pki.rsa(2048);
  private static final KeyPair P384 = Pki.ec("secp384r1");
  private static final KeyPair P521 = Pki.ec("secp521r1");
  private final JwtVerifier verifier = new JwtVerifier(Providers.jdk());

  private JwtSvid accepted(String token) throws JwtException {
    return accepted(token, Tokens.BUNDLE);
  }

  private JwtSvid accepted(String token, JwtBundle bundle) throws JwtException {
    return verifier.verify(token, bundle, Tokens.AUDIENCE, Pki.NOW);
  }

  private void refused(String token, Reason reason) {
    refused(token, Tokens.BUNDLE, Tokens.AUDIENCE, Pki.NOW, reason);
  }

  private void refused(
      String token, JwtBundle bundle, String audience, Instant now, Reason reason) {
    JwtException e =
        catchThrowableOfType(
            JwtException.class, () -> verifier.verify(token, bundle, audience, now));
    assertThat(e).as(token).isNotNull();
    assertThat(e.reason()).as("%s: %s", token, e.getMessage()).isEqualTo(reason);
    assertThat(e.getMessage()).isNotBlank();
    assertThat(token.length() > 20 && String.valueOf(e.getMessage()).contains(token)).isFalse();
  }

  @Test
  @DisplayName("JV-01 a valid token: subject, audiences, times, claims")
  void valid() throws Exception {
    String token = Tokens.valid();
    JwtSvid svid = accepted(token);
    assertThat(svid.id()).hasToString("spiffe://td/agent/a/b");
    assertThat(svid.audiences()).containsExactly(Tokens.AUDIENCE);
    assertThat(svid.expiry()).isEqualTo(Pki.NOW.plusSeconds(300));
    assertThat(svid.issuedAt()).contains(Pki.NOW);
    assertThat(svid.execution()).isEmpty();
    assertThat(svid.claims().values()).containsOnlyKeys("sub", "aud", "exp", "iat");
    assertThat(svid.toString()).doesNotContain(token.substring(0, 30));
  }

  static Stream<Arguments> algorithms() {
    return Stream.of(
            "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
        .map(alg -> Arguments.of(alg, keysOf(alg)));
  }

  private static KeyPair keysOf(String alg) {
    return switch (alg) {
      case "ES256" -> Tokens.EC;
      case "ES384" -> P384;
      case "ES512" -> P521;
      default -> RSA;
    };
  }

  @ParameterizedTest(name = "JV-02 {0} is accepted")
  @MethodSource("algorithms")
  void nineAlgorithms(String alg, KeyPair keys) throws Exception {
    String token =
        Tokens.signed(Tokens.header(alg), Tokens.claims(), c -> Tokens.sign(alg, keys, c));
    JwtBundle bundle = Tokens.bundle(JwtKey.of("one", keys.getPublic()));
    // Through its written form, so that each kind of key is read and written too.
    JwtBundle read = JwtBundle.parse(Tokens.TD, bundle.toJwks());
    assertThat(accepted(token, read).id().path()).isEqualTo("/agent/a/b");
    assertThat(read).isEqualTo(bundle);
  }

  @ParameterizedTest(name = "JV-03, JV-04, JV-05 alg {0} is refused")
  @ValueSource(
      strings = {"none", "None", "NONE", "HS256", "HS384", "HS512", "EdDSA", "ES256K", "es256", ""})
  void otherAlgorithms(String alg) throws Exception {
    refused(Tokens.of(Tokens.header(alg), Tokens.claims()), Reason.ALGORITHM);
    String unsigned =
        Tokens.base64(Tokens.bytes(Tokens.header(alg)))
            + "."
            + Tokens.base64(Tokens.bytes(Tokens.claims()))
            + ".";
    refused(unsigned, Reason.MALFORMED);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(Tokens.EC.getPublic().getEncoded(), "HmacSHA256"));
    refused(Tokens.signed(Tokens.header(alg), Tokens.claims(), mac::doFinal), Reason.ALGORITHM);
  }

  @ParameterizedTest(name = "JV-06 {0} with a key of {1} is refused")
  @CsvSource({"RS256,ES256", "ES256,RS256", "ES384,ES256", "ES256,ES384", "PS256,ES512"})
  void algorithmOfAnotherKey(String alg, String key) {
    String token =
        Tokens.signed(Tokens.header(alg), Tokens.claims(), c -> Tokens.sign(alg, keysOf(alg), c));
    JwtBundle bundle = Tokens.bundle(JwtKey.of("one", keysOf(key).getPublic()));
    refused(token, bundle, Tokens.AUDIENCE, Pki.NOW, Reason.KEY_MISMATCH);
  }

  @ParameterizedTest(name = "JV-07, JV-08 aud {0} is refused")
  @ValueSource(
      strings = {
        "",
        "[]",
        "\"\"",
        "7",
        "null",
        "[\"spiffe://td/service/a/b\",7]",
        "{}",
        "[[\"x\"]]",
        "[\"spiffe://td/service/a/b\",\"\"]",
        "\"other\"",
        "\"SPIFFE://td/service/a/b\"",
        "\"spiffe://td/service/a\"",
        "[\"spiffe://td/service/a/bb\"]"
      })
  void wrongAudience(String aud) {
    refused(Tokens.of(Tokens.header("ES256"), Tokens.claims("aud", aud)), Reason.AUDIENCE);
  }

  @Test
  @DisplayName("JV-07 nobody who expects nothing is served")
  void noExpectation() {
    refused(Tokens.valid(), Tokens.BUNDLE, "", Pki.NOW, Reason.AUDIENCE);
  }

  @Test
  @DisplayName("JV-09, JV-10 aud as a text, and ours among others")
  void audienceForms() throws Exception {
    for (String aud :
        List.of("\"" + Tokens.AUDIENCE + "\"", "[\"x\",\"" + Tokens.AUDIENCE + "\"]")) {
      assertThat(accepted(Tokens.of(Tokens.header("ES256"), Tokens.claims("aud", aud))).audiences())
          .contains(Tokens.AUDIENCE);
    }
  }

  @ParameterizedTest(name = "JV-11, JV-31 exp {0} is refused")
  @ValueSource(
      strings = {"", "\"300\"", "null", "-1", "true", "[1]", "1e300", "9e15", "253402300800"})
  void wrongExpiry(String exp) {
    refused(Tokens.of(Tokens.header("ES256"), Tokens.claims("exp", exp)), Reason.EXPIRY);
  }

  @Test
  @DisplayName("JV-31 a number that no program can hold")
  void hugeNumber() {
    refused(Tokens.of(Tokens.header("ES256"), Tokens.claims("exp", "1e999")), Reason.MALFORMED);
    refused(
        Tokens.of(Tokens.header("ES256"), Tokens.claims("exp", "9".repeat(500))), Reason.MALFORMED);
  }

  @Test
  @DisplayName("JV-12 expired: at the second that it says, without leeway")
  void expired() throws Exception {
    Instant last = Pki.NOW.plusSeconds(300);
    assertThat(
            verifier
                .verify(Tokens.valid(), Tokens.BUNDLE, Tokens.AUDIENCE, last.minusMillis(1))
                .expiry())
        .isEqualTo(last);
    refused(Tokens.valid(), Tokens.BUNDLE, Tokens.AUDIENCE, last, Reason.EXPIRED);
    refused(Tokens.valid(), Tokens.BUNDLE, Tokens.AUDIENCE, last.plusSeconds(300), Reason.EXPIRED);
  }

  @Test
  @DisplayName("JV-13 nbf or iat in the future, beyond the skew of two clocks")
  void fromTheFuture() throws Exception {
    long skew = JwtVerifier.SKEW.toSeconds();
    for (String name : List.of("nbf", "iat")) {
      String early = Tokens.claims("iat", "" + Tokens.NOW).replace("iat", name);
      String near =
          early.replace(
              "\"" + name + "\":" + Tokens.NOW, "\"" + name + "\":" + (Tokens.NOW + skew));
      String far =
          early.replace(
              "\"" + name + "\":" + Tokens.NOW, "\"" + name + "\":" + (Tokens.NOW + skew + 1));
      assertThat(accepted(Tokens.of(Tokens.header("ES256"), near))).isNotNull();
      refused(Tokens.of(Tokens.header("ES256"), far), Reason.NOT_YET_VALID);
    }
  }

  @Test
  @DisplayName("JV-14 each bit of the signature counts")
  void spoiledSignature() {
    String[] parts = Tokens.valid().split("\\.", -1);
    byte[] signature = java.util.Base64.getUrlDecoder().decode(parts[2]);
    for (int i = 0; i < signature.length; i++) {
      byte[] spoiled = signature.clone();
      spoiled[i] ^= (byte) (1 << (i % 8));
      refused(parts[0] + "." + parts[1] + "." + Tokens.base64(spoiled), Reason.SIGNATURE);
    }
    refused(parts[0] + "." + parts[1] + "." + Tokens.base64(new byte[70]), Reason.SIGNATURE);
  }

  @Test
  @DisplayName("JV-15 other claims under the same signature")
  void otherClaims() {
    String[] parts = Tokens.valid().split("\\.", -1);
    String forged = Tokens.claims("sub", "\"spiffe://td/agent/a/root\"");
    refused(
        parts[0] + "." + Tokens.base64(Tokens.bytes(forged)) + "." + parts[2], Reason.SIGNATURE);
  }

  @Test
  @DisplayName("JV-16, JV-27, JV-28 a key that is not (or no longer) among the JWT authorities")
  void unknownKey() throws Exception {
    String header = Tokens.header("ES256").replace("one", "two");
    refused(Tokens.of(header, Tokens.claims()), Reason.UNKNOWN_KEY);
    JwtBundle empty = JwtBundle.empty(Tokens.TD);
    refused(Tokens.valid(), empty, Tokens.AUDIENCE, Pki.NOW, Reason.UNKNOWN_KEY);
    String jwks = new String(Tokens.BUNDLE.toJwks(), StandardCharsets.UTF_8);
    for (String use : List.of("x509-svid", "wit-svid", "sig", "JWT-SVID")) {
      JwtBundle other = JwtBundle.parse(Tokens.TD, Tokens.bytes(jwks.replace("jwt-svid", use)));
      refused(Tokens.valid(), other, Tokens.AUDIENCE, Pki.NOW, Reason.UNKNOWN_KEY);
    }
  }

  @Test
  @DisplayName("JV-17, JV-18, JV-29 a subject of another trust domain")
  void otherTrustDomain() {
    refused(
        Tokens.of(Tokens.header("ES256"), Tokens.claims("sub", "\"spiffe://other/agent/a/b\"")),
        Reason.TRUST_DOMAIN);
  }

  @ParameterizedTest(name = "JV-19 sub {0} is refused")
  @ValueSource(
      strings = {
        "",
        "\"\"",
        "7",
        "null",
        "[\"spiffe://td/a\"]",
        "\"td/a\"",
        "\"http://td/a\"",
        "\"spiffe://TD/a\"",
        "\"spiffe://td/a/\"",
        "\"spiffe://td/../a\"",
        "\"spiffe://td:1/a\"",
        "\"spiffe://td/%61\"",
        "\" spiffe://td/a\"",
        "\"spiffe://td/a?q\""
      })
  void wrongSubject(String sub) {
    refused(Tokens.of(Tokens.header("ES256"), Tokens.claims("sub", sub)), Reason.SUBJECT);
  }

  @ParameterizedTest(name = "JV-20 header {0} is accepted")
  @ValueSource(
      strings = {
        "{\"alg\":\"ES256\",\"kid\":\"one\",\"typ\":\"JOSE\"}",
        "{\"alg\":\"ES256\",\"kid\":\"one\"}",
        " { \"alg\" : \"ES256\" } "
      })
  void otherHeaders(String header) throws Exception {
    assertThat(accepted(Tokens.of(header, Tokens.claims()))).isNotNull();
  }

  @ParameterizedTest(name = "JV-21, JV-32 typ {0} is refused")
  @ValueSource(strings = {"jwt", "at+jwt", "wit+jwt", "", "Jose"})
  void otherTypes(String typ) {
    refused(Tokens.of(Tokens.header("ES256").replace("JWT", typ), Tokens.claims()), Reason.TYPE);
  }

  @Test
  @DisplayName("JV-22 without kid every fitting key is tried")
  void withoutKeyId() throws Exception {
    JwtBundle several =
        Tokens.bundle(
            JwtKey.of("a", Pki.ec("secp256r1").getPublic()),
            JwtKey.of("b", RSA.getPublic()),
            JwtKey.of("c", Tokens.EC.getPublic()));
    String token = Tokens.of("{\"alg\":\"ES256\"}", Tokens.claims());
    assertThat(accepted(token, several)).isNotNull();
    JwtBundle others = Tokens.bundle(JwtKey.of("a", Pki.ec("secp256r1").getPublic()));
    refused(token, others, Tokens.AUDIENCE, Pki.NOW, Reason.SIGNATURE);
  }

  @ParameterizedTest(name = "JV-23, JV-26 header with {0} is refused")
  @ValueSource(
      strings = {"jku", "jwk", "x5c", "x5u", "x5t", "x5t#S256", "cty", "b64", "zip", "anything"})
  void otherParameters(String name) {
    String header = Tokens.header("ES256").replace("{", "{\"" + name + "\":\"x\",");
    refused(Tokens.of(header, Tokens.claims()), Reason.HEADER);
  }

  @Test
  @DisplayName("JV-23 crit, whatever it names")
  void critical() {
    for (String crit : List.of("[\"exp\"]", "[]", "null")) {
      String header = Tokens.header("ES256").replace("{", "{\"crit\":" + crit + ",");
      refused(Tokens.of(header, Tokens.claims()), Reason.CRITICAL);
    }
  }

  static Stream<UnaryOperator<String>> spoilers() {
    return Stream.of(
        token -> "{\"payload\":\"" + token.split("\\.", -1)[1] + "\"}",
        token -> token.substring(0, token.lastIndexOf('.')),
        token -> token + ".x",
        token -> token + "..",
        token -> token + "=",
        token -> token + " ",
        token -> " " + token,
        token -> token.replace(".", ".="),
        token -> token.replaceFirst("\\.", ".\n"),
        token -> "." + token.substring(token.indexOf('.') + 1),
        token -> token + "+",
        token -> "",
        token -> "..",
        token -> token.substring(0, 5) + "\u00e9" + token.substring(6));
  }

  @ParameterizedTest
  @MethodSource("spoilers")
  @DisplayName("JV-24, JV-25 anything but three parts of clean base64url")
  void otherForms(UnaryOperator<String> spoil) {
    refused(spoil.apply(Tokens.valid()), Reason.MALFORMED);
  }

  @ParameterizedTest(name = "JV-25 claims {0} are refused")
  @ValueSource(
      strings = {
        "[]",
        "\"a\"",
        "{",
        "{}x",
        "{\"a\":01}",
        "{\"a\":1,}",
        "{\"a\":1 \"b\":2}",
        "{a:1}",
        "{\"a\":'b'}",
        "{\"sub\":1,\"sub\":2}",
        "{\"a\":{\"b\":1,\"b\":2}}",
        "{\"s\\u0075b\":1,\"sub\":2}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\ud800\"}",
        "{\"a\":tru}",
        "{\"a\":\"\u0001\"}",
        "\ufeff{}",
        "{\"a\":+1}",
        "{\"a\":.5}",
        "{\"a\":1.}",
        "{\"a\":NaN}"
      })
  void otherJson(String claims) {
    refused(Tokens.of(Tokens.header("ES256"), claims), Reason.MALFORMED);
  }

  @Test
  @DisplayName("JV-25 the last character's spare bits are no second spelling")
  void spareBits() {
    String token = Tokens.valid();
    char last = token.charAt(token.length() - 1);
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char twin = alphabet.charAt(alphabet.indexOf(last) ^ 1);
    refused(token.substring(0, token.length() - 1) + twin, Reason.MALFORMED);
  }

  @Test
  @DisplayName("JV-30 all-zero, r = 0, s = 0, r = n")
  void psychicSignatures() {
    byte[] order = Unsigned.bytes(JwkCurve.P_256.parameters().getOrder(), 32);
    byte[] zero = new byte[32];
    byte[] one = Unsigned.bytes(java.math.BigInteger.ONE, 32);
    for (byte[] signature :
        List.of(
            Der.concatenated(zero, zero),
            Der.concatenated(zero, one),
            Der.concatenated(one, zero),
            Der.concatenated(order, one),
            Der.concatenated(one, order))) {
      refused(
          Tokens.signed(Tokens.header("ES256"), Tokens.claims(), content -> signature),
          Reason.SIGNATURE);
    }
  }

  @Test
  @DisplayName("JV-31 too long, too deep")
  void sizes() {
    String long1 = Tokens.claims().replace("{", "{\"x\":\"" + "x".repeat(Jwt.MAX_LENGTH) + "\",");
    refused(Tokens.of(Tokens.header("ES256"), long1), Reason.TOO_LARGE);
    String deep = "[".repeat(2_000) + "]".repeat(2_000);
    refused(
        Tokens.of(Tokens.header("ES256"), Tokens.claims().replace("{", "{\"x\":" + deep + ",")),
        Reason.MALFORMED);
  }

  @Test
  void theExecutionIsReadStrictly() throws Exception {
    ExecutionFacts facts =
        ExecutionFacts.builder()
            .ownerId(new Id(1, 2))
            .agentId(new Id(3, 4))
            .executionId(new Id(5, 6))
            .parent(new Id(7, 8), 2)
            .workflow(new Id(9, 10))
            .task(Sha256.of(new byte[] {1}))
            .delegator(Sha256.of(new byte[] {2}))
            .grant(Sha256.of(new byte[] {3}))
            .attested(Sha256.of(new byte[] {4}), CodeAssurance.FILE, Isolation.OWN_UID)
            .build();
    String claim = ExecutionClaim.write(facts).write();
    assertThat(accepted(with(claim)).execution()).isEqualTo(Optional.of(facts));
    for (String spoiled :
        List.of(
            "7",
            claim.replace("\"v\":1", "\"v\":2"),
            claim.replace("\"depth\":2", "\"depth\":0"),
            claim.replace("\"depth\":2", "\"depth\":2.0"),
            claim.replace("\"depth\":2", "\"depth\":256"),
            claim.replace("\"kind\":\"task\"", "\"kind\":\"process\""),
            claim.replace("\"code\"", "\"other\""),
            claim.replace("file", "FILE"),
            claim.replaceFirst("\"owner\":\"[^\"]*\"", "\"owner\":7"))) {
      refused(with(spoiled), Reason.EXECUTION);
    }
  }

  private static String with(String claim) {
    String name = "\"" + ExecutionClaim.NAME + "\":";
    return Tokens.of(
        Tokens.header("ES256"), Tokens.claims().replace("{", "{" + name + claim + ","));
  }

  @Test
  void aTurkishMachineReadsTheSame() throws Exception {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("tr"));
    try {
      assertThat(accepted(Tokens.valid())).isNotNull();
    } finally {
      Locale.setDefault(before);
    }
    assertThat(JwtVerifier.SKEW).isEqualTo(Duration.ofSeconds(60));
  }
}
