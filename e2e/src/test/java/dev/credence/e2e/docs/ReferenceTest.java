package dev.credence.e2e.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.server.core.ServerException;
import dev.credence.server.core.model.EventKind;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("docs/reference lists what the code knows")
class ReferenceTest {

  @Test
  @DisplayName("errors.md: a row for each kind of error, and no other")
  void errors() throws IOException {
    // What nobody foresaw has no kind in the core; the edge calls it so.
    var kinds =
        Stream.concat(
                Stream.of("internal"), Arrays.stream(ServerException.Kind.values()).map(Enum::name))
            .map(kind -> kind.toLowerCase(Locale.ROOT).replace('_', '-'))
            .collect(Collectors.toSet());
    var rows =
        Documents.firstColumn(Documents.read("docs/reference/errors.md")).stream()
            .map(row -> row.toLowerCase(Locale.ROOT).replace('_', '-'))
            .collect(Collectors.toSet());
    assertThat(rows).as("first column of docs/reference/errors.md").isEqualTo(kinds);
  }

  @Test
  @DisplayName("events.md: a row for each kind of event, and no other")
  void events() throws IOException {
    var kinds = Arrays.stream(EventKind.values()).map(EventKind::label).collect(Collectors.toSet());
    assertThat(Documents.firstColumn(Documents.read("docs/reference/events.md")))
        .as("first column of docs/reference/events.md")
        .isEqualTo(kinds);
  }
}
