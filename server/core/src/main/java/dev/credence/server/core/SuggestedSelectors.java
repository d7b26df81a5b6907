package dev.credence.server.core;

import dev.credence.attestors.Selector;
import dev.credence.attestors.SelectorTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a node suggests to register, in the details of an event: `user`, `selector-1`, `selector-2`
/// and so on. A person will copy it into a registration; so only selectors that a registration can
/// have are kept, whole ones, and few. Stateless.
final class SuggestedSelectors {
  private static final String USER = "user";
  private static final String SELECTOR = "selector-";
  private static final int MOST = 8;
  private static final int MOST_CHARACTERS = 2048;

  private SuggestedSelectors() {}

  static void put(NodeRefusal.Suggestion suggestion, Details details) {
    selector(new RawSelector("unix", USER, suggestion.user()))
        .ifPresent(user -> details.and(USER, user.value()));
    int room = MOST_CHARACTERS;
    int number = 0;
    for (RawSelector raw : suggestion.selectors()) {
      Optional<Selector> selector = selector(raw);
      if (selector.isPresent() && number < MOST && selector.get().toString().length() <= room) {
        room -= selector.get().toString().length();
        number++;
        details.and(SELECTOR + number, selector.get());
      }
    }
  }

  /// The selectors of an event, as [#put] wrote them.
  static List<Selector> of(Map<String, String> details) {
    List<Selector> selectors = new ArrayList<>();
    for (int i = 1; i <= MOST; i++) {
      String text = details.get(SELECTOR + i);
      if (text != null) {
        selectors.add(Selector.parse(text));
      }
    }
    return selectors;
  }

  static String user(Map<String, String> details) {
    return details.getOrDefault(USER, "");
  }

  private static Optional<Selector> selector(RawSelector raw) {
    try {
      return Optional.of(
              SelectorTypes.known()
                  .requireWorkload(new Selector(raw.type(), raw.name(), raw.value())))
          // A detail is cut there, and half a selector is another one.
          .filter(selector -> selector.toString().length() <= Details.LONGEST);
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // no registration could have it
    }
  }
}
