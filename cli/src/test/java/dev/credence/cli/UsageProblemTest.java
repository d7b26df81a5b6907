package dev.credence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
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

  @Test
  void numbers() {
    for (var command : List.of("explain", "selectors")) {
      assertThat(said(command, "--pid", "abc"))
          .startsWith("credence: --pid: \"abc\" (expected: a whole number");
      assertThat(said(command, "--pid", "0"))
          .startsWith("credence: --pid: \"0\" (expected: a process id, at least 1)");
      assertThat(said(command, "--pid", "99999999999"))
          .startsWith("credence: --pid: \"99999999999\" (expected: a whole number");
    }
    assertThat(said("owner", "suspend", "a", "--expect-revision", "1.5"))
        .startsWith("credence: --expect-revision: \"1.5\" (expected: a whole number");
  }

  @Test
  void words() {
    assertThat(said("owner", "list", "-o", "xml"))
        .startsWith("credence: --output: \"xml\" (expected: table or json)");
  }
}
