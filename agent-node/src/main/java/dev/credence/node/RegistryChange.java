package dev.credence.node;

import dev.credence.certs.Id;
import java.util.List;
import java.util.Set;

/// One update of the registry, as the server sent it.
///
/// @param cursor the place after it
/// @param previous number of the update before it on this stream
/// @param full true: `changed` is everything
/// @param changed new and changed registrations
/// @param removed those that are no longer meant for this node
record RegistryChange(
    Cursor cursor, long previous, boolean full, List<Registration> changed, Set<Id> removed) {
  RegistryChange {
    changed = List.copyOf(changed);
    removed = Set.copyOf(removed);
  }
}
