package dev.credence.server.core.model;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// One page of a list.
///
/// @param next where to go on; empty: that was all
public record Page<T>(List<T> items, Optional<String> next) {
  public Page {
    items = List.copyOf(items);
  }

  /// Which page is asked for.
  ///
  /// @param size 1 to 1000
  /// @param after `next` of the page before; empty: the first
  public record Request(int size, Optional<String> after) {
    public Request {
      if (size < 1 || size > 1000) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "page size: %d (expected: 1 to 1000)", size));
      }
    }
  }
}
