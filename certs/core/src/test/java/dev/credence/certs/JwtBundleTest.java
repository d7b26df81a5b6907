package dev.credence.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.credence.certs.JwtException.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JwtBundleTest {
  private static final String GOOD = new String(Tokens.BUNDLE.toJwks(), StandardCharsets.UTF_8);
  private static final String ENTRY = GOOD.substring(GOOD.indexOf('[') + 1, GOOD.lastIndexOf(']'));

  private static JwtBundle parse(String json) throws JwtException {
    return JwtBundle.parse(Tokens.TD, Tokens.bytes(json));
  }

  private static void refused(String json, Reason reason) {
    JwtException e = catchThrowableOfType(JwtException.class, () -> parse(json));
    assertThat(e).as(json).isNotNull();
    assertThat(e.reason()).as(json + ": " + e.getMessage()).isEqualTo(reason);
  }

  @Test
  @DisplayName("BN-07, WJ-11 public members only, kid and use on each")
  void published() throws Exception {
    JsonValue.Members jwk = Tokens.BUNDLE.keys().get(0).toJwk();
    assertThat(jwk.values()).containsOnlyKeys("kty", "crv", "x", "y", "use", "kid");
    assertThat(GOOD).startsWith("{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\"");
    assertThat(jwk.get("use")).contains(new JsonValue.Text("jwt-svid"));
  }

  @Test
  @DisplayName("BN-22 what is written is read, and written the same again, in any order of keys")
  void roundTrip() throws Exception {
    JwtKey a = JwtKey.of("a", Pki.ec("secp384r1").getPublic());
    JwtKey b = JwtKey.of("b", Pki.rsa(2048).getPublic());
    JwtKey c = JwtKey.of("c", Pki.ec("secp521r1").getPublic());
    JwtBundle bundle = Tokens.bundle(c, a, b);
    assertThat(Tokens.bundle(a, b, c)).isEqualTo(bundle).hasSameHashCodeAs(bundle);
    assertThat(JwtBundle.parse(Tokens.TD, bundle.toJwks())).isEqualTo(bundle);
    assertThat(Tokens.bundle(b, a, c).toJwks()).isEqualTo(bundle.toJwks());
  }

  @Test
  @DisplayName("BN-01, BN-14 an empty bundle trusts nothing")
  void empty() throws Exception {
    assertThat(JwtBundle.empty(Tokens.TD).toJwks()).asString().isEqualTo("{\"keys\":[]}");
    assertThat(parse("{\"keys\":[]}").keys()).isEmpty();
  }

  @ParameterizedTest(name = "BN-09, BN-10, BN-11, BN-19 without an element whose {0} is {1}")
  @CsvSource({
    "kty,ZZZ",
    "kty,OKP",
    "kty,oct",
    "use,foo",
    "use,JWT-SVID",
    "use,x509-svid",
    "use,''",
    "kid,''"
  })
  void ignored(String member, String value) throws Exception {
    String other =
        ENTRY.replaceFirst("\"" + member + "\":\"[^\"]*\"", "\"" + member + "\":\"" + value + "\"");
    assertThat(parse("{\"keys\":[" + other + "," + ENTRY + "]}")).isEqualTo(Tokens.BUNDLE);
    String missing = ENTRY.replaceFirst("\"" + member + "\"", "\"x-" + member + "\"");
    assertThat(parse("{\"keys\":[" + missing + ",7," + ENTRY + "]}")).isEqualTo(Tokens.BUNDLE);
  }

  @ParameterizedTest(name = "BN-15, BN-17, BN-21 {0} is no bundle")
  @ValueSource(
      strings = {
        "",
        "7",
        "[]",
        "{}",
        "{\"keys\":{}}",
        "{\"keys\":null}",
        "{\"keys\":[],\"keys\":[]}",
        "\ufeff{\"keys\":[]}",
        "{\"keys\":[]} x"
      })
  void noBundle(String json) {
    refused(json, Reason.MALFORMED);
  }

  @Test
  @DisplayName("BN-16 unknown members beside the keys")
  void unknownMembers() throws Exception {
    assertThat(
            parse("{\"spiffe_foo\":[1],\"spiffe_sequence\":9007199254740993," + GOOD.substring(1)))
        .isEqualTo(Tokens.BUNDLE);
  }

  @Test
  void tooMuchIsRefused() {
    refused("{\"keys\":[],\"x\":\"" + "x".repeat(JwtBundle.MAX_LENGTH) + "\"}", Reason.TOO_LARGE);
    refused("{\"keys\":[" + "7,".repeat(256) + "7]}", Reason.MALFORMED);
  }

  @Test
  void keysThatCountMustBeRight() {
    String x = Tokens.BUNDLE.keys().get(0).toJwk().get("x").orElseThrow().write();
    refused("{\"keys\":[" + ENTRY + "," + ENTRY + "]}", Reason.KEY);
    refused(GOOD.replace("{\"kty\"", "{\"d\":\"AA\",\"kty\""), Reason.KEY);
    refused(GOOD.replace("P-256", "secp256k1"), Reason.KEY);
    refused(GOOD.replace("P-256", "P-384"), Reason.KEY);
    refused(GOOD.replace(x, "\"AAAA\""), Reason.KEY);
    refused(GOOD.replace(x, "7"), Reason.KEY);
    refused(GOOD.replace("\"x\":", "\"z\":"), Reason.KEY);
    refused(GOOD.replace(x, x.replace("\"", "\" ").replace(" \"", "\"")), Reason.KEY);
    refused(GOOD.replace("\"kid\":\"one\"", "\"kid\":\"" + "k".repeat(257) + "\""), Reason.KEY);
  }

  @Test
  void aPointBesideTheCurveIsRefused() {
    var point = ((java.security.interfaces.ECPublicKey) Tokens.EC.getPublic()).getW();
    String y = Tokens.base64(Unsigned.bytes(point.getAffineY(), 32));
    String beside = Tokens.base64(Unsigned.bytes(point.getAffineY().flipBit(0), 32));
    refused(GOOD.replace(y, beside), Reason.KEY);
    String zero = Tokens.base64(new byte[32]);
    String x = Tokens.base64(Unsigned.bytes(point.getAffineX(), 32));
    refused(GOOD.replace(y, zero).replace(x, zero), Reason.KEY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"AQ", "AA", "Ag", "", "BA"})
  void weakExponentsAreRefused(String e) {
    JwtBundle rsa = Tokens.bundle(JwtKey.of("one", Pki.rsa(2048).getPublic()));
    String json = new String(rsa.toJwks(), StandardCharsets.UTF_8);
    refused(json.replaceFirst("\"e\":\"[^\"]*\"", "\"e\":\"" + e + "\""), Reason.KEY);
  }

  @Test
  void shortRsaKeysAreRefused() {
    assertThatThrownBy(() -> JwtKey.of("one", Pki.rsa(1024).getPublic()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2048");
  }

  @Test
  @DisplayName("BN-05, BN-18 the bundle document has both kinds, apart from each other")
  void document() throws Exception {
    X509Bundle x509 =
        X509Bundle.of(Tokens.TD, List.of(Pki.authority("root", "td").selfSigned().certificate()));
    String json = x509.toJwks(Tokens.BUNDLE, 7, Duration.ofMinutes(5));
    assertThat(parse(json)).isEqualTo(Tokens.BUNDLE);
    assertThat(json)
        .startsWith("{\"spiffe_sequence\":7,\"spiffe_refresh_hint\":300,\"keys\":[")
        .contains("\"use\":\"x509-svid\"", "\"use\":\"jwt-svid\"");
    assertThatThrownBy(() ->
            x509.toJwks(JwtBundle.empty(TrustDomain.parse("other")), 7, Duration.ofMinutes(5)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
