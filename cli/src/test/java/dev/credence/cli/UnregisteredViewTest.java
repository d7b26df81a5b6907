package dev.credence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.cli.print.Times;
import dev.credence.proto.admin.v1.ListUnregisteredResponse;
import dev.credence.proto.admin.v1.Unregistered;
import dev.credence.proto.common.v1.Selector;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("the inventory of what asks, on paper")
class UnregisteredViewTest {

  private static final String COMMAND = "credence agent create";
  private static final String INSTEAD = "Start such a program with credence run";

  private static Unregistered row(String executable, Selector... selectors) {
    return Unregistered.newBuilder()
        .setNodeId("n1")
        .setUid("998")
        .setExecutable(executable)
        .addAllSelectors(List.of(selectors))
        .build();
  }

  private static Selector unix(String name, String value) {
    return Selector.newBuilder().setType("unix").setName(name).setValue(value).build();
  }

  private static String printed(Unregistered... rows) {
    var out = new StringWriter();
    new UnregisteredView(new Times(ZoneOffset.UTC))
        .print(
            ListUnregisteredResponse.newBuilder().addAllRows(List.of(rows)).build(),
            new PrintWriter(out));
    return out.toString();
  }

  @Test
  @DisplayName("a row with no more than a uid has no command that registers it")
  void uidOnly() {
    assertThat(printed(row("/usr/bin/python3", unix("uid", "998"))))
        .contains(INSTEAD)
        .doesNotContain(COMMAND);
  }

  @Test
  @DisplayName(
      "the command is of the uppermost row that tells more, and the others are pointed out")
  void both() {
    assertThat(
            printed(
                row("/usr/bin/python3", unix("uid", "998")),
                row("/opt/bill/run", unix("path", "/opt/bill/run"), unix("uid", "998"))))
        .contains(INSTEAD)
        .contains(COMMAND)
        .contains("--selector unix:path:/opt/bill/run --selector unix:uid:998");
  }

  @Test
  @DisplayName("without rows of that kind nothing is said of them")
  void neither() {
    assertThat(printed(row("(others)"), row("/opt/x", unix("path", "/opt/x"))))
        .contains(COMMAND)
        .doesNotContain(INSTEAD);
  }
}
