package dev.credence.cli.print;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.credence.proto.common.v1.CodeAssurance;
import dev.credence.proto.common.v1.ExecutionKind;
import dev.credence.proto.common.v1.Isolation;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TableTest {

  private final StringWriter text = new StringWriter();
  private final PrintWriter out = new PrintWriter(text);

  @Test
  void columnsAreAsWideAsTheirWidestCell_andTheLastHasNoTail() {
    new Table("A", "B").row("1", "22").row("333", "").print(out);

    assertThat(text).hasToString("A    B\n1    22\n333  -\n");
  }

  @Test
  void rowsThatComeLater_keepTheWidths() {
    var table = new Table("A", "B").atLeast(4);
    table.print(out);
    table.row("1", "x").print(out);

    assertThat(text).hasToString("A     B\n1     x\n");
  }

  @Test
  void aRowOfAnotherLength_isRefused() {
    var table = new Table("A", "B");
    assertThatThrownBy(() -> table.row("1")).hasMessage("cells: 1 (expected: 2)");
  }

  @Test
  void sheetAlignsLabels_andIndentsSections() {
    new Sheet()
        .line("Name", "x")
        .section("More")
        .lines("Tools", List.of("a", "b"))
        .lines("None", List.of())
        .print(out);

    assertThat(text).hasToString("Name  x\n\nMore\n  Tools  a\n         b\n  None   -\n");
  }

  @Test
  void whatOthersWrote_cannotMoveTheCursor() {
    assertThat(Printable.line("a\u001b[2J\nb\u202ec")).isEqualTo("a\\u001b[2J\\u000ab\\u202ec");
    assertThat(Printable.line("x".repeat(5000))).hasSize(2049).endsWith("…");
    assertThat(Printable.line("Größe 日本")).isEqualTo("Größe 日本");
  }

  @Test
  void labelsAreTheWordsOfTheDocumentation() {
    assertThat(Labels.of(Isolation.ISOLATION_SHARED_UID)).isEqualTo("shared-uid");
    assertThat(Labels.of(CodeAssurance.CODE_ASSURANCE_CLAIMED)).isEqualTo("claimed");
    assertThat(Labels.of(ExecutionKind.EXECUTION_KIND_PROCESS)).isEqualTo("process");
    assertThat(Labels.of(Isolation.ISOLATION_UNSPECIFIED)).isEmpty();
    assertThat(Labels.of(Isolation.UNRECOGNIZED)).isEqualTo("unrecognized");
    assertThat(Labels.of(Map.of("b", "2", "a", "1"))).isEqualTo("a=1, b=2");
  }

  @Test
  void timesAreLocal_andUnsetOnesEmpty() {
    var times = new Times(ZoneId.of("Europe/Zurich"));
    assertThat(
            times.format(Timestamp.newBuilder().setSeconds(1_780_000_000L).setNanos(999).build()))
        .isEqualTo("2026-05-28T22:26:40+02:00");
    assertThat(times.format(Timestamp.getDefaultInstance())).isEmpty();
    assertThat(Times.format(Duration.newBuilder().setSeconds(5400).build())).isEqualTo("1h30m");
    assertThat(Times.format(Duration.getDefaultInstance())).isEmpty();
  }
}
