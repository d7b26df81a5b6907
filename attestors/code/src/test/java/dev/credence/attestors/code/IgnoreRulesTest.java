package dev.credence.attestors.code;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The ignore file")
class IgnoreRulesTest {
  private static IgnoreRules rules(String file) throws CodeRefusedException {
    return IgnoreRules.parse(file.getBytes(UTF_8));
  }

  @ParameterizedTest(name = "{0}: {1} → {2}")
  @CsvSource({
    "*.log, a.log, true",
    "*.log, deep/er/a.log, true",
    "*.log, a.logs, false",
    "*.log, .log, true",
    "?.py, a.py, true",
    "?.py, .py, false",
    "?.py, \ud83d\ude00.py, true",
    "/top, top, true",
    "/top, a/top, false",
    "a/b, a/b, true",
    "a/b, c/a/b, false",
    "a/*, a/b, true",
    "a/*, a/b/c, false",
    "*, b/c, true",
    "build/, build, false",
    "build/, build/, true",
    "build/, x/build/, true",
    "a*b*c, aXbXbXc, true",
    "a*b*c, aXbXbX, false",
    "data, data/, true",
    "Data, data, false",
    "#x, #x, false",
    "x, .git, true",
    "x, lib/.git/, true",
    "x, lib/__pycache__/, true",
    "x, __pycache__, false",
    "x, lib/a.pyc, false",
    "*, .credenceignore, false",
    "*, a/.credenceignore, true"
  })
  void matches(String pattern, String path, boolean ignored) throws Exception {
    boolean folder = path.endsWith("/");
    String name = folder ? path.substring(0, path.length() - 1) : path;
    assertThat(rules("# first\n\n" + pattern + "  \r\n").ignores(name, folder)).isEqualTo(ignored);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "!keep",
        "a/**/b",
        "[ab]",
        "a\\ b",
        " lead",
        "a//b",
        "./a",
        "a/../b",
        "/",
        "//",
        "..",
        "a\u0001b"
      })
  @DisplayName("what goes beyond the known part is refused with its line, not guessed")
  void unknown(String pattern) {
    assertThatThrownBy(() -> rules("ok\n" + pattern + "\n"))
        .isInstanceOf(CodeRefusedException.class)
        .hasMessageStartingWith(".credenceignore line 2: ");
  }

  @Test
  @DisplayName("size, number and length are bounded; it must be UTF-8")
  void bounds() throws Exception {
    assertThatThrownBy(() -> rules("x".repeat(257))).hasMessageContaining("256 characters");
    assertThatThrownBy(() -> rules("x\n".repeat(1001))).hasMessageContaining("1000 patterns");
    assertThatThrownBy(() -> IgnoreRules.parse(new byte[IgnoreRules.LARGEST + 1]))
        .hasMessageContaining("65536 bytes");
    assertThatThrownBy(() -> IgnoreRules.parse(new byte[] {'a', (byte) 0xff}))
        .hasMessageContaining("not UTF-8");
    assertThat(rules("x".repeat(256)).ignores("x".repeat(256), false)).isTrue();
  }

  @Test
  @DisplayName("a pattern that is made to be slow is not: its time is the product of the lengths")
  void slow() throws Exception {
    var rules = rules("*a".repeat(127) + "b\n");
    assertThat(rules.ignores("a".repeat(1000), false)).isFalse();
  }
}
