package dev.credence.e2e.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.e2e.docs.SpiffeItems.Item;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("docs/reference/spiffe-conformance.md is what the tests say")
class SpiffeConformanceTest {

  private static final String PAGE = "docs/reference/spiffe-conformance.md";

  private static final String FEDERATION = "not built: federation";
  private static final String WIT = "not built: the WIT profile";

  /// What is for later, by section, and item by item.
  private static final Map<String, String> NOT_BUILT =
      Map.ofEntries(
          Map.entry("FD", FEDERATION),
          Map.entry("BR", "not built: the Broker"),
          Map.entry("WT", WIT),
          Map.entry("BN-08", WIT),
          Map.entry("CL-07", WIT),
          Map.entry("WX-07", FEDERATION),
          Map.entry("WX-17", FEDERATION),
          Map.entry("WJ-18", FEDERATION),
          Map.entry("CL-18", FEDERATION),
          Map.entry("IO-05", FEDERATION),
          Map.entry("WX-09", "not built: CRLs in the stream (they are served over HTTP)"),
          Map.entry("IO-11", "not built: SDS"),
          Map.entry("XC-11", "not built: an upstream authority"));

  @Test
  @DisplayName("item, level, test")
  void page() throws IOException {
    var page = page(SpiffeItems.all(), SpiffeItems.tests());
    var made = Files.writeString(Path.of("target", "spiffe-conformance.md"), page);
    assertThat(uncovered())
        .as("mandatory items that are neither tested nor \"not built\", which may not be left open")
        .isEmpty();
    assertThat(Documents.read(PAGE))
        .as("%s is made from the tests: copy %s there", PAGE, made.toAbsolutePath())
        .isEqualTo(page);
  }

  private static List<String> uncovered() throws IOException {
    var tests = SpiffeItems.tests();
    return SpiffeItems.all().stream()
        .filter(item -> item.isMandatory() && !isLater(item) && !tests.containsKey(item.id()))
        .map(Item::id)
        .toList();
  }

  private static String page(List<Item> items, Map<String, Set<String>> tests) {
    var text = new StringBuilder();
    var covered = items.stream().filter(item -> tests.containsKey(item.id())).toList();
    var mandatory =
        items.stream().filter(Item::isMandatory).filter(item -> !isLater(item)).toList();
    var mandatoryCovered = mandatory.stream().filter(item -> tests.containsKey(item.id())).toList();
    text.append(
        """
        # SPIFFE conformance

        What the SPIFFE standards demand, item by item in our own words, and the tests that show it. Made from the names of tests; a test keeps this page true.
        Levels: M must, S should, O optional, A our own advice. "not built": what it belongs to is for a later version. "–": no test carries the item's name yet,
        whether it is built or not; no mandatory item is among them, and a test keeps it so.

        %d of %d items have a test; of %d mandatory items of what is built, %d.
        """
            .formatted(covered.size(), items.size(), mandatory.size(), mandatoryCovered.size()));
    var section = "";
    for (var item : items) {
      if (!item.section().equals(section)) {
        section = item.section();
        text.append("\n## ")
            .append(section)
            .append("\n\n| item | level | what | test |\n|---|---|---|---|\n");
      }
      text.append("| ")
          .append(String.join(" | ", item.id(), item.levels(), item.text(), shown(item, tests)))
          .append(" |\n");
    }
    return text.toString();
  }

  private static boolean isLater(Item item) {
    return !later(item).isEmpty();
  }

  private static String later(Item item) {
    return NOT_BUILT.getOrDefault(item.id(), NOT_BUILT.getOrDefault(item.id().substring(0, 2), ""));
  }

  private static String shown(Item item, Map<String, Set<String>> tests) {
    var found = tests.get(item.id());
    if (found == null) {
      return isLater(item) ? later(item) : "–";
    }
    return String.join(", ", found.stream().map(test -> "`" + test + "`").toList());
  }
}
