package dev.credence.cli;

import dev.credence.cli.print.Labels;
import dev.credence.cli.print.ShellWord;
import dev.credence.cli.print.Table;
import dev.credence.cli.print.Text;
import dev.credence.cli.print.Times;
import dev.credence.proto.admin.v1.ListUnregisteredResponse;
import dev.credence.proto.admin.v1.Unregistered;
import dev.credence.proto.common.v1.Selector;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What asks for identities without a registration, as people read it: who asked last comes first.
record UnregisteredView(Times times) {

  private static final Comparator<Unregistered> NEWEST =
      Comparator.comparing(Unregistered::getLastEvent, Long::compareUnsigned).reversed();

  /// Without what came again between two pages: its newer row counts.
  static List<Unregistered> newestFirst(List<Unregistered> rows) {
    var seen = new HashSet<List<String>>();
    return rows.stream()
        .sorted(NEWEST)
        .filter(row -> seen.add(List.of(row.getNodeId(), row.getUid(), row.getExecutable())))
        .toList();
  }

  void print(ListUnregisteredResponse found, PrintWriter out) {
    var table = new Table("NODE", "USER", "EXECUTABLE", "COUNT", "FIRST", "LAST", "SELECTORS");
    found.getRowsList().forEach(row -> add(table, row));
    table.print(out);
    found.getRowsList().stream()
        .filter(UnregisteredView::tellsProgram)
        .findFirst()
        .ifPresent(row -> help(row, out));
    if (found.getRowsList().stream().anyMatch(UnregisteredView::tellsUserOnly)) {
      out.println();
      out.println(
          "Rows with no more than a uid are of interpreters, or of programs that the node cannot tell: that alone would register all that the user runs. Start such a program with credence run, and register its code (docs/howto/launch.md).");
    }
    out.flush();
  }

  private static boolean tellsProgram(Unregistered row) {
    return row.getSelectorsList().stream().anyMatch(selector -> !isUser(selector));
  }

  private static boolean tellsUserOnly(Unregistered row) {
    return row.getSelectorsCount() > 0 && !tellsProgram(row);
  }

  private static boolean isUser(Selector selector) {
    return selector.getName().equals("uid");
  }

  private void add(Table table, Unregistered row) {
    table.row(
        row.getNodeId(),
        row.getUser().isEmpty() ? row.getUid() : row.getUser() + " (" + row.getUid() + ")",
        executable(row),
        Long.toUnsignedString(row.getCount()),
        times.format(row.getFirstAt()),
        times.format(row.getLastAt()),
        row.getSelectorsList().stream().map(Labels::of).collect(Collectors.joining(" ")));
  }

  private static String executable(Unregistered row) {
    return row.getDisplaced() == 0
        ? row.getExecutable()
        : Text.of("and %s others", Long.toUnsignedString(row.getDisplaced()));
  }

  private static void help(Unregistered row, PrintWriter out) {
    out.println();
    out.println(
        "To register the uppermost row whose selectors tell more than the user (fewer of them match more):");
    out.println(
        Stream.concat(
                Stream.of(
                    "credence agent create NAME --owner OWNER",
                    "--node-selector " + ShellWord.of("node:id:" + row.getNodeId())),
                row.getSelectorsList().stream()
                    .map(selector -> "--selector " + ShellWord.of(Labels.of(selector))))
            .collect(Collectors.joining(" ", "  ", "")));
  }
}
