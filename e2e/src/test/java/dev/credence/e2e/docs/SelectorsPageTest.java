package dev.credence.e2e.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.attestors.Controller;
import dev.credence.attestors.Selector;
import dev.credence.attestors.SelectorTypes;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("docs/reference/selectors.md lists the selectors that there are")
class SelectorsPageTest {

  private static final String PAGE = "docs/reference/selectors.md";
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `([a-z]+):([a-z0-9_]+)` \\|.*\\| ([a-z]+) \\|$");

  private static Map<String, Selector> rows(Map<Selector, String> controllers) throws IOException {
    var rows = new TreeMap<String, Selector>();
    var found = ROW.matcher(Documents.read(PAGE));
    while (found.find()) {
      var selector = new Selector(found.group(1), found.group(2), "1");
      rows.put(selector.kind(), selector);
      controllers.put(selector, found.group(3));
    }
    return rows;
  }

  @Test
  @DisplayName("each selector of these types has a row")
  void complete() throws IOException {
    var rows = rows(new TreeMap<>());
    for (var type : new TreeSet<>(rows.values().stream().map(Selector::type).toList())) {
      assertThat(rows.values())
          .filteredOn(row -> row.type().equals(type))
          .extracting(Selector::name)
          .containsExactlyInAnyOrderElementsOf(SelectorTypes.known().names(type));
    }
    // Those of nodes stand with the nodes' attestors.
    var types = new TreeSet<>(SelectorTypes.known().types());
    types.removeAll(List.of("node", "x509pop"));
    assertThat(rows.values()).extracting(Selector::type).containsAll(types);
  }

  @Test
  @DisplayName("and says who controls it")
  void controllers() throws IOException {
    var said = new TreeMap<Selector, String>();
    rows(said);
    said.forEach((selector, controller) ->
        assertThat(Controller.of(selector).label()).as(selector.kind()).isEqualTo(controller));
  }
}
