package dev.credence.node;

import dev.credence.attestors.Wanted;
import dev.credence.certs.Id;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The registrations that are meant for this node, at one place in the server's sequence.
/// Immutable.
final class Registry {
  private final Cursor cursor;
  private final Map<Id, Registration> byId;
  private final List<Registration> ordered;
  private final List<Registration> withheld;
  private final Wanted wanted;

  private Registry(Cursor cursor, Map<Id, Registration> byId) {
    this.cursor = cursor;
    this.byId = Map.copyOf(byId);
    this.ordered =
        byId.values().stream().filter(one -> !one.subject().isWithheld()).sorted().toList();
    this.withheld =
        byId.values().stream().filter(one -> one.subject().isWithheld()).sorted().toList();
    this.wanted =
        Wanted.by(
            byId.values().stream()
                .flatMap(registration -> registration.selectors().stream())
                .toList());
  }

  /// The registry after an update.
  ///
  /// @param before what the node knows so far, if anything
  /// @throws GapException if the update doesn't follow on what the node knows
  static Registry after(Optional<Registry> before, RegistryChange change) throws GapException {
    if (change.full()) {
      return new Registry(change.cursor(), byId(Map.of(), change));
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
    return new Registry(change.cursor(), byId(before.get().byId, change));
  }

  private static Map<Id, Registration> byId(Map<Id, Registration> before, RegistryChange change) {
    var after = new HashMap<>(before);
    after.keySet().removeAll(change.removed());
    change.changed().forEach(registration -> after.put(registration.id(), registration));
    return after;
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
