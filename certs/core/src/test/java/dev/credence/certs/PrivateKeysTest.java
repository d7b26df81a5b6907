package dev.credence.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.credence.certs.SvidException.Reason;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PrivateKeysTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  static Stream<Named<Provider>> providers() {
    return Providers.all();
  }

  @ParameterizedTest
  @MethodSource("providers")
  @DisplayName("XL-17 PKCS#8 of an EC key carries the public key")
  void pkcs8CarriesThePublicKey(Provider provider) throws Exception {
    KeyPair keys = PrivateKeys.generateP256(provider, RANDOM);
    byte[] pkcs8 = PrivateKeys.pkcs8(keys.getPrivate(), keys.getPublic());
    var inner =
        org.bouncycastle.asn1.sec.ECPrivateKey.getInstance(
            PrivateKeyInfo.getInstance(pkcs8).parsePrivateKey());
    assertThat(inner.getPublicKey()).isNotNull();
    assertThat(inner.getPublicKey().getBytes())
        .isEqualTo(Curves.uncompressed((ECPublicKey) keys.getPublic()));
    assertThat(pkcs8).hasSize(138);
  }

  @ParameterizedTest
  @MethodSource("providers")
  void pkcs8IsReadBackByEveryProviderAndByThePlatform(Provider provider) throws Exception {
    KeyPair keys = PrivateKeys.generateP256(provider, RANDOM);
    byte[] pkcs8 = PrivateKeys.pkcs8(keys.getPrivate(), keys.getPublic());
    for (Named<Provider> reader : Providers.all().toList()) {
      KeyPair read = PrivateKeys.parsePkcs8(pkcs8, reader.getPayload());
      assertThat(read.getPublic().getEncoded()).isEqualTo(keys.getPublic().getEncoded());
      assertThat(((ECPrivateKey) read.getPrivate()).getS())
          .isEqualTo(((ECPrivateKey) keys.getPrivate()).getS());
    }
    var platform = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    assertThat(((ECPrivateKey) platform).getS())
        .isEqualTo(((ECPrivateKey) keys.getPrivate()).getS());
  }

  @Test
  void scalarsWithLeadingZerosKeepTheirLength() throws Exception {
    for (int i = 0; i < 300; i++) {
      KeyPair keys = PrivateKeys.generateP256(Providers.jdk(), RANDOM);
      assertThat(PrivateKeys.pkcs8(keys.getPrivate(), keys.getPublic())).hasSize(138);
    }
    KeyPair p384 = Pki.ec("secp384r1");
    byte[] pkcs8 = PrivateKeys.pkcs8(p384.getPrivate(), p384.getPublic());
    assertThat(PrivateKeys.parsePkcs8(pkcs8, Providers.jdk()).getPublic())
        .isEqualTo(p384.getPublic());
  }

  @Test
  void rsaKeysAreWrittenAndRead() throws Exception {
    KeyPair rsa = Pki.rsa(2048);
    byte[] pkcs8 = PrivateKeys.pkcs8(rsa.getPrivate(), rsa.getPublic());
    var provider = KeyFactory.getInstance("RSA").getProvider();
    assertThat(PrivateKeys.parsePkcs8(pkcs8, provider).getPublic()).isEqualTo(rsa.getPublic());
  }

  @Test
  void pemRoundTrips() throws Exception {
    KeyPair keys = Pki.ec("secp256r1");
    String pem = PrivateKeys.toPem(PrivateKeys.pkcs8(keys.getPrivate(), keys.getPublic()));
    assertThat(pem)
        .startsWith("-----BEGIN PRIVATE KEY-----\n")
        .endsWith("\n-----END PRIVATE KEY-----\n");
    assertThat(pem.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(64));
    assertThat(PrivateKeys.parsePem(pem, Providers.jdk()).getPublic()).isEqualTo(keys.getPublic());
    assertThat(reasonOfPem(pem + pem)).isEqualTo(Reason.CHAIN_TOO_LONG);
    assertThat(reasonOfPem("")).isEqualTo(Reason.MALFORMED);
    assertThat(reasonOfPem("garbage " + pem)).isEqualTo(Reason.MALFORMED);
    assertThat(reasonOfPem(pem + "garbage")).isEqualTo(Reason.MALFORMED);
    assertThat(reasonOfPem(pem.replace("PRIVATE", "PUBLIC"))).isEqualTo(Reason.MALFORMED);
    assertThat(reasonOfPem(pem.replace("M", "!"))).isEqualTo(Reason.MALFORMED);
  }

  private static Reason reasonOfPem(String pem) {
    return catchThrowableOfType(
            SvidException.class, () -> PrivateKeys.parsePem(pem, Providers.jdk()))
        .reason();
  }

  @Test
  void publicKeyInsideMustBelong() {
    KeyPair one = Pki.ec("secp256r1");
    KeyPair two = Pki.ec("secp256r1");
    assertThat(reason(PrivateKeys.pkcs8(one.getPrivate(), two.getPublic())))
        .isEqualTo(Reason.KEY_MISMATCH);
  }

  @Test
  void keyWithoutItsPublicKeyIsRefused() {
    byte[] bare = Pki.ec("secp256r1").getPrivate().getEncoded();
    assertThat(reason(bare)).isEqualTo(Reason.MALFORMED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "30", "3000", "300302010130", "3080", "302e020100300506032b6570042204200000"})
  void otherBytesAreRefused(String hex) {
    assertThat(reason(HexFormat.of().parseHex(hex))).isEqualTo(Reason.MALFORMED);
  }

  @Test
  void trailingBytesAndOversizeAreRefused() {
    KeyPair keys = Pki.ec("secp256r1");
    byte[] pkcs8 = PrivateKeys.pkcs8(keys.getPrivate(), keys.getPublic());
    assertThat(reason(Arrays.copyOf(pkcs8, pkcs8.length + 1))).isEqualTo(Reason.MALFORMED);
    assertThat(reason(new byte[8193])).isEqualTo(Reason.MALFORMED);
  }

  @Test
  void messageOfARefusalShowsNoKey() {
    KeyPair keys = Pki.ec("secp256r1");
    byte[] pkcs8 = PrivateKeys.pkcs8(keys.getPrivate(), keys.getPublic());
    pkcs8[40] ^= 1;
    SvidException refused =
        catchThrowableOfType(
            SvidException.class, () -> PrivateKeys.parsePkcs8(pkcs8, Providers.jdk()));
    assertThat(refused.getMessage()).hasSizeLessThan(100);
    assertThat(refused.getCause()).isNull();
  }

  private static Reason reason(byte[] pkcs8) {
    return catchThrowableOfType(
            SvidException.class, () -> PrivateKeys.parsePkcs8(pkcs8, Providers.jdk()))
        .reason();
  }

  @Test
  void keysOfOtherKindsAreNotWritten() throws GeneralSecurityException {
    KeyPair ed = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PrivateKeys.pkcs8(ed.getPrivate(), ed.getPublic()));
    KeyPair p521 = Pki.ec("secp521r1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PrivateKeys.pkcs8(p521.getPrivate(), p521.getPublic()));
  }
}
