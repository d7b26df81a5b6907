package dev.credence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("what the command line of a launch must be")
class RunTest {

  @ParameterizedTest
  @ValueSource(strings = {"UNSET", "A B=1", "=1", "1A=1", "A-B=1"})
  @DisplayName("a variable that has no value, or no name that one can have, is a usage error")
  void variables(String variable) {
    var outcome = new Cli().run("run", "--agent", "a", "--env", variable, "--", "x");
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("--env").contains("expected: K=V");
  }
}
