package dev.credence.attestors;

import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/// Which properties the registrations on this node name at all, so that nothing costly is read in
/// vain. Immutable.
public final class Wanted {
  private static final Wanted EVERYTHING = new Wanted(true, Set.of(), Set.of());

  private final boolean everything;
  private final Set<String> kinds;
  private final Set<Selector> selectors;
  private final Set<String> types;

  private Wanted(boolean everything, Set<String> kinds, Set<Selector> selectors) {
    this.everything = everything;
    this.kinds = kinds;
    this.selectors = selectors;
    this.types = selectors.stream().map(Selector::type).collect(Collectors.toUnmodifiableSet());
  }

  /// What these selectors name.
  public static Wanted by(Collection<Selector> selectors) {
    return new Wanted(
        false,
        selectors.stream().map(Selector::kind).collect(Collectors.toUnmodifiableSet()),
        Set.copyOf(selectors));
  }

  /// All that there is; for explaining, on request of people.
  public static Wanted everything() {
    return EVERYTHING;
  }

  /// All that there is, and of secrets what these registrations name.
  public Wanted andEverything() {
    return new Wanted(true, kinds, selectors);
  }

  /// True if some registration names this very value. Of properties that may hold secrets (the
  /// environment of a container) nothing else is ever told, not even to those who want everything.
  public boolean namesExactly(Selector selector) {
    return selectors.contains(selector);
  }

  /// True if some registration names any property of this type.
  public boolean names(String type) {
    return everything || types.contains(type);
  }

  /// True if some registration names this property.
  public boolean names(String type, String name) {
    return everything || kinds.contains(type + ":" + name);
  }

  /// True if some registration names just this. Of properties of which a process has many (groups,
  /// mapped files) only these are told, so that a record stays small.
  public boolean names(Selector selector) {
    return everything || selectors.contains(selector);
  }

  @Override
  public String toString() {
    return everything ? "everything" : kinds.toString();
  }
}
