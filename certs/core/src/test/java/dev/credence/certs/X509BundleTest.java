package dev.credence.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.credence.certs.Pki.Certified;
import dev.credence.certs.SvidException.Reason;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class X509BundleTest {
  private static final TrustDomain TD = TrustDomain.parse("td");
  private static final X509Certificate ONE = Pki.authority("one", "td").selfSigned().certificate();
  private static final X509Certificate TWO = Pki.authority("two", "td").selfSigned().certificate();

  @Test
  void derRoundTrips() throws Exception {
    X509Bundle bundle = X509Bundle.of(TD, List.of(ONE, TWO));
    assertThat(X509Bundle.parse(TD, bundle.toDer())).isEqualTo(bundle).hasSameHashCodeAs(bundle);
    assertThat(X509Bundle.parse(TD, bundle.toDer()).authorities()).containsExactly(ONE, TWO);
    assertThat(Certificates.parsePem(bundle.toPem())).containsExactly(ONE, TWO);
    assertThat(X509Bundle.parse(TD, new byte[0]).authorities()).isEmpty();
  }

  @Test
  void orderAndRepetitionDoNotMatter() {
    X509Bundle bundle = X509Bundle.of(TD, List.of(ONE, TWO));
    assertThat(X509Bundle.of(TD, List.of(TWO, ONE, TWO))).isEqualTo(bundle);
    assertThat(X509Bundle.of(TD, List.of(ONE))).isNotEqualTo(bundle);
    assertThat(X509Bundle.of(TrustDomain.parse("other"), List.of(ONE, TWO))).isNotEqualTo(bundle);
    assertThat(bundle).hasToString("bundle of td with 2 X.509 authorities");
  }

  @Test
  void moreThan256AuthoritiesAreRefused() {
    byte[] der = Certificates.toDer(Collections.nCopies(257, ONE));
    assertThat(catchThrowableOfType(SvidException.class, () -> X509Bundle.parse(TD, der)).reason())
        .isEqualTo(Reason.CHAIN_TOO_LONG);
  }

  @Test
  @DisplayName("BN-02 BN-03 BN-04 BN-05 BN-06 BN-17 the bundle document")
  void bundleDocument() throws Exception {
    Certified rsa =
        Pki.authority("rsa", "td").keys(Pki.rsa(2048)).signedWith("SHA256withRSA").selfSigned();
    String text =
        X509Bundle.of(TD, List.of(ONE, rsa.certificate()))
            .toJwks(Long.MAX_VALUE, Duration.ofMinutes(5));
    Json.Members document = Json.object(text);
    assertThat(document.all().keySet())
        .containsExactly("spiffe_sequence", "spiffe_refresh_hint", "keys");
    assertThat(document.number("spiffe_sequence")).isEqualTo(Long.MAX_VALUE);
    assertThat(document.number("spiffe_refresh_hint")).isEqualTo(300);
    Json.Members ec = document.objects("keys").get(0);
    assertThat(ec.all().keySet()).containsExactlyInAnyOrder("kty", "crv", "x", "y", "use", "x5c");
    assertThat(ec.text("kty")).isEqualTo("EC");
    assertThat(ec.text("crv")).isEqualTo("P-256");
    assertThat(ec.text("use")).isEqualTo("x509-svid");
    ECPublicKey key = (ECPublicKey) ONE.getPublicKey();
    assertThat(unsigned(ec.text("x"), 32)).isEqualTo(key.getW().getAffineX());
    assertThat(unsigned(ec.text("y"), 32)).isEqualTo(key.getW().getAffineY());
    assertThat(ec.list("x5c")).hasSize(1);
    assertThat(Certificates.parse(Base64.getDecoder().decode((String) ec.list("x5c").get(0))))
        .isEqualTo(ONE);
    Json.Members second = document.objects("keys").get(1);
    RSAPublicKey rsaKey = (RSAPublicKey) rsa.certificate().getPublicKey();
    assertThat(second.all().keySet()).containsExactlyInAnyOrder("kty", "n", "e", "use", "x5c");
    assertThat(unsigned(second.text("n"), 256)).isEqualTo(rsaKey.getModulus());
    assertThat(second.text("e")).isEqualTo("AQAB");
  }

  private static BigInteger unsigned(String base64Url, int length) {
    byte[] bytes = Base64.getUrlDecoder().decode(base64Url);
    assertThat(bytes).hasSize(length);
    return new BigInteger(1, bytes);
  }

  @Test
  @DisplayName("BN-01 the document of an empty bundle has an empty list of keys")
  void emptyBundleDocument() {
    assertThat(X509Bundle.of(TD, List.of()).toJwks(1, Duration.ofSeconds(60)))
        .isEqualTo("{\"spiffe_sequence\":1,\"spiffe_refresh_hint\":60,\"keys\":[]}");
  }

  @ParameterizedTest
  @CsvSource({"secp256r1,P-256", "secp384r1,P-384", "secp521r1,P-521"})
  @DisplayName("BN-06 the curve is the key's")
  void curveIsNamed(String curve, String name) {
    var authority = Pki.authority("a", "td").keys(Pki.ec(curve)).selfSigned().certificate();
    String text = X509Bundle.of(TD, List.of(authority)).toJwks(1, Duration.ZERO);
    assertThat(Json.object(text).objects("keys").get(0).text("crv")).isEqualTo(name);
  }

  @Test
  void keyThatTheDocumentCannotSayIsAnError() throws GeneralSecurityException {
    var keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    var authority =
        Pki.authority("ed", "td").keys(keys).signedWith("Ed25519").selfSigned().certificate();
    assertThatIllegalStateException()
        .isThrownBy(() -> X509Bundle.of(TD, List.of(authority)).toJwks(1, Duration.ZERO))
        .withMessageContaining("expected: EC or RSA");
  }
}
