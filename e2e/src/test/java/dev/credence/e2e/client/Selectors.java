package dev.credence.e2e.client;

import dev.credence.proto.common.v1.Selector;
import java.util.Arrays;
import java.util.List;

/// Selectors from their text.
public final class Selectors {

  private Selectors() {}

  /// "unix:uid:1000"; nothing is checked, so that wrong ones can be sent.
  public static Selector of(String text) {
    var parts = Arrays.asList(text.split(":", 3));
    return Selector.newBuilder()
        .setType(parts.get(0))
        .setName(parts.size() > 1 ? parts.get(1) : "")
        .setValue(parts.size() > 2 ? parts.get(2) : "")
        .build();
  }

  /// Several.
  public static List<Selector> of(String... texts) {
    return Arrays.stream(texts).map(Selectors::of).toList();
  }
}
