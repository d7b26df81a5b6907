package dev.credence.attestors.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.attestors.NoAnswerException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContainerJsonTest {
  private static final String HEX = "0c".repeat(32);
  private static final ContainerId ID = new ContainerId(EngineKind.DOCKER, HEX);
  private static final String GOOD =
      ScriptedEngine.running(HEX, 42, Map.of("role", "agent"), List.of("TASK=x"));

  private static Container read(String json) throws NoAnswerException {
    return ContainerJson.read(ID, json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void readsWhatIsUsed() throws NoAnswerException {
    assertThat(read(GOOD))
        .isEqualTo(
            new Container(
                42,
                false,
                "localhost/agent:1",
                ScriptedEngine.DIGEST,
                Map.of("role", "agent"),
                List.of("TASK=x")));
  }

  @Test
  void noLabelsAndNoEnvironment() throws NoAnswerException {
    Container read =
        read(
            GOOD.replace("\"Labels\":{\"role\":\"agent\"}", "\"Labels\":null")
                .replace("\"Env\":[\"TASK=x\"]", "\"Env\":null"));
    assertThat(read.labels()).isEmpty();
    assertThat(read.environment()).isEmpty();
  }

  @Test
  void whatHasNotBegunYetIsStarting() throws NoAnswerException {
    Container read =
        read(GOOD.replace("running\",\"Running\":true", "created\",\"Running\":false"));
    assertThat(read.starting()).isTrue();
    assertThat(read.pid()).isZero();
  }

  @Test
  void whatHasEndedIsNot() throws NoAnswerException {
    Container read = read(GOOD.replace("running\",\"Running\":true", "exited\",\"Running\":false"));
    assertThat(read.starting()).isFalse();
    assertThat(read.pid()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"Id\":\"0c0c|\"Id\":\"0d0c|another container's id",
        "\"Pid\":42|\"Pid\":0|no State.Pid above 0",
        "\"Pid\":42|\"Pid\":-1|no State.Pid above 0",
        "\"Pid\":42|\"Pid\":4.2|no State.Pid above 0",
        "\"Pid\":42|\"Pid\":\"42\"|no State.Pid above 0",
        "\"Pid\":42|\"Pid\":99999999999|no State.Pid above 0",
        "\"Running\":true|\"Running\":\"true\"|no true or false for Running",
        "\"Running\":true,|\"Running\":true,\"Running\":true,|twice",
        "\"Image\":\"sha256:ab|\"Image\":\"sha512:ab|an Image that is no SHA-256",
        "\"role\":\"agent\"|\"role\":1|no text for Config.Labels",
        "\"TASK=x\"|7|no text for Config.Env",
        "\"Labels\":{|\"Labels\":[],\"Other\":{|Config.Labels that are no object",
        "\"Config\":{|\"Config\":[],\"Other\":{|no object Config",
        "[1,null]}|[1,null]} x|no JSON",
      })
  void everythingElseIsMalformed(String from, String to, String expected) {
    assertThat(GOOD).contains(from);
    assertThatThrownBy(() -> read(GOOD.replace(from, to)))
        .isInstanceOfSatisfying(NoAnswerException.class, e -> assertThat(e.isPassing()).isFalse())
        .hasMessageContaining(expected);
  }
}
