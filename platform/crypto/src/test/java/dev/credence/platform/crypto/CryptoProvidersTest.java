package dev.credence.platform.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CryptoProvidersTest {
  static Stream<Provider> providers() {
    return Stream.of(CryptoProviders.fastest(), CryptoProviders.jdk());
  }

  @ParameterizedTest
  @MethodSource("providers")
  void makesKeysSignsVerifiesAndDigests(Provider crypto) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", crypto);
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    var pair = generator.generateKeyPair();
    byte[] message = "message".getBytes(UTF_8);
    Signature signer = Signature.getInstance("SHA256withECDSA", crypto);
    signer.initSign(pair.getPrivate());
    signer.update(message);
    byte[] signature = signer.sign();

    for (Provider other : providers().toList()) {
      KeyFactory keys = KeyFactory.getInstance("EC", other);
      assertThat(keys.generatePrivate(new PKCS8EncodedKeySpec(pair.getPrivate().getEncoded())))
          .isNotNull();
      Signature verifier = Signature.getInstance("SHA256withECDSA", other);
      verifier.initVerify(
          keys.generatePublic(new X509EncodedKeySpec(pair.getPublic().getEncoded())));
      verifier.update(message);
      assertThat(verifier.verify(signature)).isTrue();
    }
    assertThat(MessageDigest.getInstance("SHA-256", crypto).digest(message)).hasSize(32);
    assertThat(Signature.getInstance("SHA256withRSA", crypto)).isNotNull();
  }

  @Test
  void describesThemselves() {
    assertThat(CryptoProviders.describe(CryptoProviders.jdk())).startsWith("JDK 25");
    assertThat(CryptoProviders.describe(CryptoProviders.fastest())).isNotBlank();
  }

  @Test
  void installingTheJdkChangesNothing() {
    Provider[] before = Security.getProviders();
    CryptoProviders.installFirst(CryptoProviders.jdk());
    assertThat(Security.getProviders()).containsExactly(before);
  }
}
