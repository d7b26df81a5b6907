package dev.credence.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.credence.certs.SvidException.Reason;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a stranger publishes as a bundle. */
final class BundleDocumentTest {
  private static final TrustDomain TD = TrustDomain.parse("td");
  private static final X509Certificate ONE = Pki.authority("one", "td").selfSigned().certificate();
  private static final X509Certificate TWO = Pki.authority("two", "td").selfSigned().certificate();
  private static final String GOOD = element(ONE, x5c(ONE));

  private static String x5c(X509Certificate... certificates) {
    return java.util.Arrays.stream(certificates)
        .map(one -> '"' + Base64.getEncoder().encodeToString(Certificates.toDer(one)) + '"')
        .collect(java.util.stream.Collectors.joining(",", ",\"x5c\":[", "]"));
  }

  private static String element(X509Certificate key, String more) {
    String members = BundleJson.keyMembers(key.getPublicKey()).write();
    return members.substring(0, members.length() - 1) + ",\"use\":\"x509-svid\"" + more + "}";
  }

  private static BundleDocument read(String... keys) throws JwtException {
    return BundleDocument.parse(TD, utf8("{\"keys\":[" + String.join(",", keys) + "]}"));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static JwtException refused(String json) {
    return catchThrowableOfType(JwtException.class, () -> BundleDocument.parse(TD, utf8(json)));
  }

  @Test
  @DisplayName("BN-22 what is written is read again")
  void roundTrip() throws Exception {
    var bundle = X509Bundle.of(TD, List.of(ONE, TWO));
    var read =
        BundleDocument.parse(TD, utf8(bundle.toJwks(Tokens.BUNDLE, 7, Duration.ofMinutes(5))));
    assertThat(read.x509()).isEqualTo(bundle);
    assertThat(read.jwt()).isEqualTo(Tokens.BUNDLE);
    assertThat(read.sequence()).hasValue(7);
    assertThat(read.refreshHint()).contains(Duration.ofMinutes(5));
    assertThat(read.ignored()).isEmpty();
  }

  @Test
  @DisplayName("BN-12 an X.509 element without a certificate is left out; the others count")
  void withoutCertificate() throws Exception {
    var read =
        read(element(TWO, ""), element(TWO, ",\"x5c\":[]"), element(TWO, ",\"x5c\":{}"), GOOD);
    assertThat(read.x509().authorities()).containsExactly(ONE);
    assertThat(read.ignored()).hasSize(3).allMatch(why -> why.contains("x5c (expected"));
  }

  @Test
  @DisplayName("BN-13 only the first certificate of an element is trusted")
  void secondCertificate() throws Exception {
    assertThat(read(element(ONE, x5c(ONE, TWO))).x509().authorities()).containsExactly(ONE);
  }

  @Test
  @DisplayName("BN-09 BN-10 BN-11 elements of another type or use, or without one, are left out")
  void otherElements() throws Exception {
    var read =
        read(
            GOOD,
            GOOD.replace("x509-svid", "X509-SVID"),
            GOOD.replace(",\"use\":\"x509-svid\"", ""),
            GOOD.replace("\"EC\"", "\"ZZZ\""),
            "7");
    assertThat(read.x509().authorities()).containsExactly(ONE);
    assertThat(read.ignored())
        .containsExactly("keys[3]: kty (expected: that of the certificate's key)");
  }

  @Test
  @DisplayName(
      "BN-20 a certificate in PEM, base64url or with bytes behind it is left out, and it is said")
  void malformedCertificate() throws Exception {
    byte[] der = Certificates.toDer(ONE);
    var longer = java.util.Arrays.copyOf(der, der.length + 1);
    var read =
        read(
            element(
                ONE,
                ",\"x5c\":[\""
                    + Base64.getUrlEncoder().encodeToString(new byte[] {-1, -1, -1})
                    + "\"]"),
            element(ONE, ",\"x5c\":[\"-----BEGIN CERTIFICATE-----\"]"),
            element(ONE, ",\"x5c\":[\"" + Base64.getEncoder().encodeToString(longer) + "\"]"),
            element(TWO, x5c(ONE)),
            GOOD);
    assertThat(read.x509().authorities()).containsExactly(ONE);
    assertThat(read.ignored()).hasSize(4);
    assertThat(read.ignored().get(3))
        .isEqualTo("keys[3]: x (expected: that of the certificate's key)");
  }

  @Test
  @DisplayName("BN-14 nothing usable is read as: trust nothing")
  void nothingUsable() throws Exception {
    var read = read(element(ONE, ""));
    assertThat(read.x509().authorities()).isEmpty();
    var leaf = Pki.leaf("spiffe://td/agent/a/b").signedBy(Pki.authority("one", "td").selfSigned());
    var verifier = new SvidVerifier(Providers.jdk());
    assertThat(
            catchThrowableOfType(
                    SvidException.class,
                    () -> verifier.verify(List.of(leaf.certificate()), read.x509(), Pki.NOW))
                .reason())
        .isEqualTo(Reason.EMPTY_BUNDLE);
  }

  @Test
  @DisplayName("BN-18 a key is only what its use says")
  void usesAreApart() throws Exception {
    var read = read(GOOD.replace("{", "{\"kid\":\"k\","));
    assertThat(read.jwt().keys()).isEmpty();
    assertThat(read.x509().authorities()).containsExactly(ONE);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 9007199254740993L, Long.MAX_VALUE})
  @DisplayName("BN-03 a sequence is read to its last digit")
  void sequence(long sequence) throws Exception {
    String json = "{\"spiffe_sequence\":" + sequence + ",\"keys\":[]}";
    assertThat(BundleDocument.parse(TD, utf8(json)).sequence()).hasValue(sequence);
  }

  @ParameterizedTest
  @ValueSource(strings = {"9223372036854775808", "-1", "1.0", "1e3", "\"7\"", "null"})
  @DisplayName("BN-03 BN-04 what is no whole number is refused")
  void noWholeNumber(String number) {
    for (var name : List.of("spiffe_sequence", "spiffe_refresh_hint")) {
      assertThat(refused("{\"" + name + "\":" + number + ",\"keys\":[]}").getMessage())
          .isEqualTo(name + " (expected: a whole number from 0 to 2^63 - 1)");
    }
  }

  @Test
  @DisplayName("BN-15 BN-21 BN-23 a document without an array of keys, or with two, is refused")
  void noBundle() {
    for (var json : List.of("{}", "{\"keys\":{}}", "[]", "", "{\"keys\":[],\"keys\":[]}")) {
      assertThat(refused(json)).as(json).isNotNull();
    }
  }

  @Test
  @DisplayName("BM-01 BM-02 BM-03 a map of trust domains by name, without hints")
  void map() throws Exception {
    var other = TrustDomain.parse("other");
    var text =
        BundleMap.write(
            List.of(
                new BundleMap.Member(X509Bundle.of(TD, List.of(ONE)), Tokens.BUNDLE, 3),
                new BundleMap.Member(
                    X509Bundle.of(other, List.of(TWO)), JwtBundle.empty(other), 4)));
    assertThat(text)
        .startsWith("{\"trust_domains\":{\"td\":{\"spiffe_sequence\":3,")
        .doesNotContain("spiffe://", "hint");
    var map = BundleMap.parse(utf8(text));
    assertThat(map.bundles()).hasSize(2);
    assertThat(map.of(TD).orElseThrow().x509().authorities()).containsExactly(ONE);
    assertThat(map.of(TD).orElseThrow().jwt()).isEqualTo(Tokens.BUNDLE);
    assertThat(map.of(other).orElseThrow().x509().authorities()).containsExactly(TWO);
    assertThat(map.of(TrustDomain.parse("third"))).isEmpty();
    assertThat(BundleMap.parse(utf8("{\"trust_domains\":{},\"more\":1}")).bundles()).isEmpty();
    assertThat(BundleMap.write(List.of())).isEqualTo("{\"trust_domains\":{}}");
  }

  @Test
  @DisplayName("BM-04 the same trust domain twice is refused, written and read")
  void twice() {
    var member = new BundleMap.Member(X509Bundle.of(TD, List.of(ONE)), Tokens.BUNDLE, 3);
    assertThatIllegalArgumentException().isThrownBy(() -> BundleMap.write(List.of(member, member)));
    assertRefused("{\"trust_domains\":{\"td\":{\"keys\":[]},\"td\":{\"keys\":[]}}}");
  }

  @Test
  @DisplayName("BM-02 BM-05 one bad member, and nothing of the map is taken")
  void allOrNothing() {
    assertRefused("{}");
    assertRefused("{\"trust_domains\":[]}");
    assertRefused("{\"trust_domains\":{\"td\":{\"keys\":[]},\"spiffe://other\":{\"keys\":[]}}}");
    assertRefused("{\"trust_domains\":{\"td\":{\"keys\":[]},\"Other\":{\"keys\":[]}}}");
    assertRefused("{\"trust_domains\":{\"td\":{\"keys\":[]},\"other\":{}}}");
    assertRefused("{\"trust_domains\":{\"td\":{\"keys\":[]},\"other\":7}}");
  }

  private static void assertRefused(String map) {
    assertThat(catchThrowableOfType(JwtException.class, () -> BundleMap.parse(utf8(map))))
        .as(map)
        .isNotNull();
  }
}
