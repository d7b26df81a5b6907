package dev.credence.cli;

import dev.credence.cli.print.Labels;
import dev.credence.cli.print.Table;
import dev.credence.cli.print.Times;
import dev.credence.proto.admin.v1.Event;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Events as people read them.
record EventView(Times times) {

  // Wide enough for most rows of a table that is printed before its rows are known.
  private static final int[] USUAL = {6, 25, 24, 31, 24};

  Consumer<PrintWriter> table(List<Event> events) {
    var table = empty();
    events.forEach(event -> add(table, event));
    return table::print;
  }

  Table stream() {
    return empty().atLeast(USUAL);
  }

  Table add(Table table, Event event) {
    return table.row(
        Long.toUnsignedString(event.getNumber()),
        times.format(event.getAt()),
        event.getKind(),
        event.getActor(),
        event.getSubject(),
        details(event));
  }

  private static Table empty() {
    return new Table("NUMBER", "AT", "KIND", "ACTOR", "ABOUT", "DETAILS");
  }

  private static String details(Event event) {
    var parts = new ArrayList<String>();
    Stream.of(
            part("node", event.getNodeId()),
            part("execution", event.getExecutionId()),
            Labels.of(event.getDetailsMap()))
        .filter(part -> !part.isEmpty())
        .forEach(parts::add);
    return String.join(", ", parts);
  }

  private static String part(String name, String id) {
    return id.isEmpty() ? "" : name + "=" + id;
  }
}
