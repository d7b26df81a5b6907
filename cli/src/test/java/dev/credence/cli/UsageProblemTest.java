package dev.credence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// What a wrong command line is told: which argument, and what was expected.
final class UsageProblemTest {

  private static String said(String... args) {
    var outcome = new Cli().run(args);
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).hasLineCount(1).doesNotContain("Unmatched", "index");
    return outcome.err();
  }

  @Test
  void unknownOption_andTheNearestOne() {
    assertThat(said("owner", "create", "team", "--hunam", "ada"))
        .startsWith("credence: unknown option --hunam (did you mean --human?)");
  }

  @Test
  void oneArgumentTooMany() {
    assertThat(said("owner", "show", "team", "other"))
        .startsWith("credence: \"other\": one argument too many (expected: NAME only)");
    assertThat(said("owner", "list", "team"))
        .startsWith("credence: \"team\": one argument too many (expected: options only)");
  }

  @Test
  void unknownCommand_andTheNearestOne() {
    assertThat(said("owner", "crate")).contains("(did you mean create?)");
  }

  @Test
  void missing() {
    assertThat(said("agent", "create", "bot")).startsWith("credence: missing: --owner OWNER");
  }

  @Test
  void givenTwice() {
    assertThat(said("owner", "create", "a", "--human", "x", "--human", "y"))
        .startsWith("credence: --human HUMAN: given twice".replace("HUMAN", "NAME"));
  }
}
