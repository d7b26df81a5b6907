package dev.credence.node;

import dev.credence.attestors.Selector;
import dev.credence.attestors.Wanted;
import dev.credence.certs.Id;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The registrations that are meant for this node, at one place in the server's sequence.
/// Immutable.
final class Registry {
  private final Cursor cursor;
  private final Map<Id, Registration> byId;
  private final List<Registration> ordered;
  private final List<Registration> withheld;
  private final Wanted wanted;

  private Registry(
      Cursor cursor,
      Map<Id, Registration> byId,
      List<Registration> ordered,
      List<Registration> withheld,
      Wanted wanted) {
    this.cursor = cursor;
    this.byId = Collections.unmodifiableMap(byId);
    this.ordered = Collections.unmodifiableList(ordered);
    this.withheld = Collections.unmodifiableList(withheld);
    this.wanted = wanted;
  }

  private static Registry full(RegistryChange change) {
    var byId = new HashMap<Id, Registration>();
    change.changed().forEach(registration -> byId.put(registration.id(), registration));
    return new Registry(
        change.cursor(),
        byId,
        merged(List.of(), Set.of(), byId.values(), false),
        merged(List.of(), Set.of(), byId.values(), true),
        named(byId));
  }

  /// A change is nearly always about one of many: what it does not touch is only copied.
  private Registry next(RegistryChange change) {
    var after = new HashMap<>(byId);
    after.keySet().removeAll(change.removed());
    boolean named = after.size() != byId.size();
    var touched = new HashSet<>(change.removed());
    for (Registration registration : change.changed()) {
      Registration earlier = after.put(registration.id(), registration);
      named |= earlier == null || !earlier.selectors().equals(registration.selectors());
      touched.add(registration.id());
    }
    var changed =
        change.changed().stream().map(one -> one.id()).distinct().map(after::get).toList();
    return new Registry(
        change.cursor(),
        after,
        merged(ordered, touched, changed, false),
        merged(withheld, touched, changed, true),
        named ? named(after) : wanted);
  }

  private static List<Registration> merged(
      List<Registration> before,
      Set<Id> without,
      Collection<Registration> with,
      boolean isWithheld) {
    var after = new ArrayList<>(before);
    after.removeIf(registration -> without.contains(registration.id()));
    with.stream()
        .filter(registration -> registration.subject().isWithheld() == isWithheld)
        .forEach(after::add);
    after.sort(null);
    return after;
  }

  private static Wanted named(Map<Id, Registration> byId) {
    var selectors = new ArrayList<Selector>();
    byId.values().forEach(registration -> selectors.addAll(registration.selectors()));
    return Wanted.by(selectors);
  }

  /// The registry after an update.
  ///
  /// @param before what the node knows so far, if anything
  /// @throws GapException if the update doesn't follow on what the node knows
  static Registry after(Optional<Registry> before, RegistryChange change) throws GapException {
    if (change.full()) {
      return full(change);
    }
    if (before.isEmpty()) {
      throw new GapException(
          Text.of("registry update %s without a full one before", change.cursor()));
    }
    Cursor here = before.get().cursor;
    if (!here.equals(new Cursor(change.cursor().epoch(), change.previous()))) {
      throw new GapException(
          Text.of(
              "registry update %s follows number %d (expected: %s)",
              change.cursor(), change.previous(), here));
    }
    return before.get().next(change);
  }

  Cursor cursor() {
    return cursor;
  }

  /// Those that lead to an identity, the oldest first.
  List<Registration> registrations() {
    return ordered;
  }

  /// Those that lead to no identity now: what they lead to is suspended or retired.
  List<Registration> withheld() {
    return withheld;
  }

  Optional<Registration> registration(Id id) {
    return Optional.ofNullable(byId.get(id));
  }

  /// Which properties some registration names: what is worth reading of a process.
  Wanted wanted() {
    return wanted;
  }
}
