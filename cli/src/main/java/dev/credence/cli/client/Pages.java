package dev.credence.cli.client;

import dev.credence.cli.print.Text;
import java.util.function.Consumer;
import java.util.function.Function;

/// Reads a list page by page.
public final class Pages {

  /// How many entries are asked for at a time.
  public static final int SIZE = 500;

  private Pages() {}

  /// Fetches pages, beginning with the token "", until one names no next page.
  ///
  /// @throws CommandFailure if the daemon sends the same page token twice in a row
  public static <P> void each(
      Function<String, P> fetch, Function<P, String> nextToken, Consumer<P> page) {
    var token = "";
    while (true) {
      var fetched = fetch.apply(token);
      page.accept(fetched);
      var next = nextToken.apply(fetched);
      if (next.isEmpty()) {
        return;
      }
      if (next.equals(token)) {
        throw CommandFailure.failed(
            Text.of("the list does not end: page token \"%s\" came twice", next));
      }
      token = next;
    }
  }
}
