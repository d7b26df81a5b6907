package dev.credence.attestors.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.certs.Sha256;
import dev.credence.certs.TrustDomain;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JoinTokenTest {
  private static final TrustDomain DOMAIN = TrustDomain.parse("example.org");

  private static JoinToken token(String address, int pins) {
    List<Sha256> all = new ArrayList<>();
    for (int i = 0; i < pins; i++) {
      all.add(Sha256.of(new byte[] {(byte) i}));
    }
    return new JoinToken(
        ServerAddress.parse(address), DOMAIN, all, JoinTokenSecret.random(new SecureRandom()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"server.example.org:8443", "127.0.0.1:1", "[::1]:65535", "localhost:443"})
  void isReadAndWrittenAlike(String address) {
    JoinToken token = token(address, 2);

    assertThat(token.reveal()).startsWith("credence-join-v1.").matches("[A-Za-z0-9._-]+");
    assertThat(JoinToken.parse(token.reveal())).isEqualTo(token);
    assertThat(JoinToken.parse("  " + token.reveal() + "\n")).isEqualTo(token);
    assertThat(token.server()).hasToString(address);
  }

  @Test
  void eightPinsFitAndNineDoNot() {
    assertThat(JoinToken.parse(token("server.example.org:8443", 8).reveal()).pins()).hasSize(8);
    assertThatThrownBy(() -> token("a:1", 9)).hasMessageContaining("9 pins (expected: 1 to 8)");
    assertThatThrownBy(() -> token("a:1", 0)).isInstanceOf(IllegalArgumentException.class);
    Sha256 pin = Sha256.of(new byte[1]);
    JoinToken one = token("a:1", 1);
    assertThatThrownBy(
            () -> new JoinToken(one.server(), DOMAIN, Collections.nCopies(2, pin), one.secret()))
        .hasMessageContaining("twice");
  }

  @Test
  void theStringIsLimited() {
    String host = ("a".repeat(60) + ".").repeat(4) + "org";
    var longest =
        new JoinToken(
            ServerAddress.parse(host + ":8443"),
            TrustDomain.parse("d".repeat(255)),
            token("a:1", 8).pins(),
            JoinTokenSecret.random(new SecureRandom()));

    assertThatThrownBy(longest::reveal).hasMessageContaining("at most 1024");
    assertThatThrownBy(() -> JoinToken.parse("credence-join-v1." + "A".repeat(5000)))
        .hasMessageContaining("longer than 1024");
  }

  @Test
  void theSecretIsNeverPrinted() {
    JoinToken token = token("server.example.org:8443", 1);
    byte[] secret = token.secret().reveal();

    assertThat(token.toString())
        .isEqualTo("join token for example.org at server.example.org:8443 [redacted]")
        .doesNotContain(HexFormat.of().formatHex(secret));
    assertThat(token.secret()).hasToString("[redacted]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "credence-join-v1.",
        "credence-join-v1.AA",
        "credence-join-v1.AAAA",
        "credence-join-v1.=",
        "credence-join-v1.////",
        "hello",
        "Credence-join-v1.AAAA"
      })
  void otherThingsAreRefused(String text) {
    assertThatThrownBy(() -> JoinToken.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("credence node token create");
  }

  @Test
  void anotherVersionIsNamed() {
    assertThatThrownBy(() -> JoinToken.parse("credence-join-v2.AAAA"))
        .hasMessageContaining("another version than v1");
  }

  @Test
  void everyCutAndEveryExtensionIsRefused() {
    String good = token("server.example.org:8443", 1).reveal();
    for (int length = 0; length < good.length(); length++) {
      String cut = good.substring(0, length);
      assertThatThrownBy(() -> JoinToken.parse(cut)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> JoinToken.parse(good + "AAAA"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> JoinToken.parse(good + "="))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void damagedTokensAreRefusedWithoutTellingTheirContent() {
    JoinToken token = token("server.example.org:8443", 1);
    byte[] good = Base64.getUrlDecoder().decode(token.reveal().substring(17));
    String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(token.secret().reveal());
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = good.clone();
      for (int n = random.nextInt(4); n >= 0; n--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      String text =
          JoinTokenFormat.PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
      try {
        assertThat(JoinToken.parse(text).reveal()).as("seed %s", seed).isEqualTo(text);
      } catch (IllegalArgumentException refused) {
        assertThat(refused).as("seed %s", seed).hasNoCause();
        assertThat(refused.getMessage()).doesNotContain(secret).hasSizeLessThan(300);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":1",
        "a",
        "a:",
        "a:0",
        "a:65536",
        "a:01",
        "a:1x",
        "a b:1",
        "::1:1",
        "[a]:1",
        "[::1]",
        "a/b:1",
        "-a:1",
        "a..b:1",
        "a.:1",
        "[::1]x:1",
        "user@a:1"
      })
  void addressesAreStrict(String text) {
    assertThatThrownBy(() -> ServerAddress.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected:");
  }
}
