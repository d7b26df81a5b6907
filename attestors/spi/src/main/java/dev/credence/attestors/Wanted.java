package dev.credence.attestors;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Which properties the registrations on this node name at all, so that nothing costly is read in
/// vain. Immutable.
public final class Wanted {
  private static final Wanted EVERYTHING = new Wanted(true, List.of());

  private final boolean everything;
  private final List<Selector> selectors;
  private final Map<String, Set<String>> names;

  // Made when it is first asked for: few properties need it, and there may be very many.
  private @Nullable Set<Selector> exact;

  private Wanted(boolean everything, List<Selector> selectors) {
    this.everything = everything;
    this.selectors = selectors;
    this.names =
        selectors.stream()
            .collect(
                Collectors.groupingBy(
                    Selector::type, Collectors.mapping(Selector::name, Collectors.toSet())));
  }

  /// What these selectors name.
  public static Wanted by(Collection<Selector> selectors) {
    return new Wanted(false, List.copyOf(selectors));
  }

  /// All that there is; for explaining, on request of people.
  public static Wanted everything() {
    return EVERYTHING;
  }

  /// All that there is, and of secrets what these registrations name.
  public Wanted andEverything() {
    return new Wanted(true, selectors);
  }

  /// True if some registration names this very value. Of properties that may hold secrets (the
  /// environment of a container) nothing else is ever told, not even to those who want everything.
  public boolean namesExactly(Selector selector) {
    return exactly().contains(selector);
  }

  /// True if some registration names any property of this type.
  public boolean names(String type) {
    return everything || names.containsKey(type);
  }

  /// True if some registration names this property.
  public boolean names(String type, String name) {
    return everything || names.getOrDefault(type, Set.of()).contains(name);
  }

  /// True if some registration names just this. Of properties of which a process has many (groups,
  /// mapped files) only these are told, so that a record stays small.
  public boolean names(Selector selector) {
    return everything || exactly().contains(selector);
  }

  private Set<Selector> exactly() {
    Set<Selector> known = exact;
    if (known == null) {
      // Two threads may both make it: it is the same.
      known = Set.copyOf(selectors);
      exact = known;
    }
    return known;
  }

  @Override
  public String toString() {
    return everything ? "everything" : names.toString();
  }
}
