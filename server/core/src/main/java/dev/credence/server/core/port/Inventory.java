package dev.credence.server.core.port;

import dev.credence.certs.Id;
import dev.credence.server.core.model.UnregisteredSum;
import dev.credence.server.core.model.UnregisteredSum.User;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// What asks for an identity and has no registration, in sums. How many rows there may be is for
/// whoever writes them to bound.
public interface Inventory extends InventoryReads {
  Optional<UnregisteredSum> find(UnregisteredSum.Key key);

  /// The rows of a user, the one whose newest event is the oldest first.
  List<UnregisteredSum> of(User user);

  /// How many rows a node has, without those of several users.
  int countOn(Optional<Id> node);

  /// Of the users of a node that have the most rows the one who was quiet for longest; empty: there
  /// is none.
  ///
  /// @param next one that is about to get one more, and is counted with it
  OptionalLong heaviest(Optional<Id> node, User next);

  /// In the place of the row of the same key, or as a new one.
  void put(UnregisteredSum row);

  /// Removes the row of this key, if there is one.
  void remove(UnregisteredSum.Key key);

  /// Removes rows of which nobody asked at `before` or later, at most `limit`, the oldest first.
  void forget(Instant before, int limit);
}
