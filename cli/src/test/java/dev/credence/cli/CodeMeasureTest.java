package dev.credence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.util.JsonFormat;
import dev.credence.attestors.SelectorTypes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CodeMeasureTest {

  @TempDir Path folder;

  @BeforeEach
  void code() throws IOException {
    Files.writeString(folder.resolve("agent.py"), "import tool\n");
    Files.writeString(folder.resolve("uv.lock"), "version = 1\n");
    Files.createDirectories(folder.resolve("__pycache__"));
    Files.writeString(folder.resolve("__pycache__/agent.cpython-311.pyc"), "x");
  }

  @Test
  void printsTheSelectorsToRegister_counts_andWhatWasIgnored() {
    var outcome = new Cli().run("agent", "measure", folder.toString(), "--entry", "agent.py");

    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.code()).isZero();
    assertThat(outcome.out().replaceAll(" +", " "))
        .matches("(?s)--selector code:tree:[0-9a-f]{64}\n--selector code:entry:agent.py\n\n.*")
        .contains("Files 2\n")
        .contains("Bytes 24\n")
        .contains("Lock file uv.lock\n")
        .contains("code:lock:")
        .contains("Ignored __pycache__/\n");
  }

  @Test
  void json_hasSelectorsThatTheServerTakes() throws Exception {
    var outcome =
        new Cli().run("agent", "measure", folder.toString(), "--entry", "agent.py", "-o", "json");

    var json = Struct.newBuilder();
    JsonFormat.parser().merge(outcome.out(), json);
    var selectors = json.getFieldsOrThrow("selectors").getListValue().getValuesList();
    assertThat(selectors).hasSize(2);
    for (var selector : selectors) {
      SelectorTypes.known().requireWorkload(selector.getStringValue());
    }
    assertThat(json.getFieldsOrThrow("ignoredCount").getStringValue()).isEqualTo("1");
  }

  @Test
  void aNameThatAShellWouldSplit_isQuoted() throws IOException {
    Files.writeString(folder.resolve("my 'agent'.py"), "");

    var outcome = new Cli().run("agent", "measure", folder.toString(), "--entry", "my 'agent'.py");

    assertThat(outcome.out()).contains("--selector 'code:entry:my '\\''agent'\\''.py'\n");
  }

  @Test
  void refusals_areOneLine() throws IOException {
    Files.createSymbolicLink(folder.resolve("out"), Path.of("/etc"));

    var refused = new Cli().run("agent", "measure", folder.toString());
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).matches("credence: \"out\" is a symbolic link to .*\n");

    var usage = new Cli().run("agent", "measure", folder.toString(), "--entry", "../x");
    assertThat(usage.code()).isEqualTo(2);
    assertThat(usage.err()).startsWith("credence: entry \"../x\" (expected: a path inside");

    var unset = new Cli().run("agent", "measure", "");
    assertThat(unset.code()).isEqualTo(2);
    assertThat(unset.err()).startsWith("credence: DIR is empty");

    var absent = new Cli().run("agent", "measure", folder.resolve("absent").toString());
    assertThat(absent.code()).isEqualTo(1);
    assertThat(absent.err()).contains("absent\" is not there (expected: a folder or a file");
  }
}
