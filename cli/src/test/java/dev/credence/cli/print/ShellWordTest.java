package dev.credence.cli.print;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ShellWordTest {

  @Test
  void isOneWordToAShell_alsoWhereItIsCut() throws Exception {
    for (var text : List.of("plain/path", "a b", "a'b; touch x", "'".repeat(3_000), "$(id)`id`")) {
      var shell =
          new ProcessBuilder(
                  "sh", "-c", "for word in " + ShellWord.of(text) + "; do echo one; done")
              .redirectErrorStream(true)
              .start();
      assertThat(new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .as(text.substring(0, Math.min(20, text.length())))
          .isEqualTo("one\n");
      assertThat(shell.waitFor()).isZero();
    }
  }
}
