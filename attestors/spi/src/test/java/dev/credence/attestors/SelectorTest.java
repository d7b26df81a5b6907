package dev.credence.attestors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SelectorTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "unix:uid:1000",
        "unix:path:/opt/a b/\u00e9",
        "docker:label:com.example:v:1",
        "k8s:pod-label:app:x",
        "a:b:c"
      })
  void isReadAndWrittenAlike(String text) {
    assertThat(Selector.parse(text)).hasToString(text);
  }

  @Test
  void theValueKeepsItsColons() {
    assertThat(Selector.parse("node:label:site:a:b"))
        .isEqualTo(new Selector("node", "label", "site:a:b"));
    assertThat(Selector.parse("unix:uid:1").kind()).isEqualTo("unix:uid");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "::",
        "unix",
        "unix:uid",
        "unix:uid:",
        ":uid:1",
        "unix::1",
        "Unix:uid:1",
        "unix:Uid:1",
        "un ix:uid:1",
        "unix:uid:a\nb",
        "unix:uid:a\u0000",
        "unix:uid:\u007f",
        "unix:uid:\u0085",
        "unix:uid:\u202eabc",
        "unix:uid:\u2028",
        "unix:uid:\ud800"
      })
  void otherThingsAreRefused(String text) {
    assertThatThrownBy(() -> Selector.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected:");
  }

  @Test
  void lengthsAreLimitedInBytes() {
    assertThat(new Selector("t".repeat(32), "n".repeat(64), "v".repeat(1024)).value())
        .hasSize(1024);
    assertThat(new Selector("t", "n", "\u00e9".repeat(512)).value()).hasSize(512);
    assertThatThrownBy(() -> new Selector("t".repeat(33), "n", "v"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 to 32");
    assertThatThrownBy(() -> new Selector("t", "n".repeat(65), "v"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Selector("t", "n", "\u00e9".repeat(513)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 to 1024 bytes");
    assertThatThrownBy(() -> new Selector("t", "n", "v".repeat(10_000_000)))
        .isInstanceOf(IllegalArgumentException.class)
        .satisfies(refusal -> assertThat(refusal.getMessage()).hasSizeLessThan(300));
  }

  @Test
  void whatIsAcceptedCanBeReadAgain() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String alphabet = "abz09_.-::: /\u00e9\n\u0000A\ud83d\ude00\u200f";
    for (int i = 0; i < 50_000; i++) {
      var text = new StringBuilder();
      for (int n = random.nextInt(16); n >= 0; n--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      try {
        Selector selector = Selector.parse(text.toString());
        assertThat(selector.toString()).as("seed %s", seed).isEqualTo(text.toString());
      } catch (IllegalArgumentException refused) {
        assertThat(refused).as("seed %s", seed).hasMessageContaining("expected:");
      }
    }
  }
}
