package dev.credence.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ValuesTest {
  private static final String ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @Test
  void sha256IsThePublishedOne() {
    assertThat(Sha256.of("abc".getBytes(StandardCharsets.US_ASCII))).hasToString(ABC);
    assertThat(Sha256.parseHex(ABC))
        .isEqualTo(Sha256.of("abc".getBytes(StandardCharsets.US_ASCII)));
    assertThat(Sha256.fromBytes(Sha256.parseHex(ABC).bytes()))
        .isEqualTo(Sha256.parseHex(ABC))
        .hasSameHashCodeAs(Sha256.parseHex(ABC));
  }

  @Test
  void sha256KeepsItsOwnCopy() {
    byte[] bytes = Sha256.parseHex(ABC).bytes();
    Sha256 digest = Sha256.fromBytes(bytes);
    bytes[0] ^= 1;
    digest.bytes()[1] ^= 1;
    assertThat(digest).hasToString(ABC);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ba",
        "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
        "ga7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        " a7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad0"
      })
  void otherTextIsNoDigest(String hex) {
    assertThatIllegalArgumentException().isThrownBy(() -> Sha256.parseHex(hex));
  }

  @Test
  void otherLengthsAreNoDigest() {
    assertThatIllegalArgumentException().isThrownBy(() -> Sha256.fromBytes(new byte[20]));
  }

  @Test
  void secretsDoNotShow() {
    byte[] bytes = "hunter2".getBytes(StandardCharsets.US_ASCII);
    SecretBytes secret = SecretBytes.of(bytes);
    assertThat(secret).hasToString("[redacted]");
    assertThat(secret.copy()).isEqualTo(bytes);
    assertThat(secret.length()).isEqualTo(7);
    assertThat(secret).isEqualTo(SecretBytes.of(bytes)).hasSameHashCodeAs(SecretBytes.of(bytes));
    bytes[0]++;
    assertThat(secret).isNotEqualTo(SecretBytes.of(bytes));
    secret.copy()[0] = 0;
    assertThat(secret.copy()[0]).isEqualTo((byte) 'h');
  }

  @Test
  void untrustedTextIsEscapedAndCut() {
    assertThat(Printable.quoted("a\"b\\c\n\u001b\u00e9\u202e"))
        .isEqualTo("\"a\\\"b\\\\c\\u000a\\u001b\\u00e9\\u202e\"");
    assertThat(Printable.quoted("x".repeat(81)))
        .isEqualTo("\"" + "x".repeat(80) + "... (81 characters)\"");
  }
}
