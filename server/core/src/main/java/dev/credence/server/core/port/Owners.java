package dev.credence.server.core.port;

import dev.credence.server.core.model.Owner;
import dev.credence.server.core.model.Person;

/// Owners and persons.
public interface Owners extends OwnerReads {
  /// The name was never used before (checked by the caller; a second use violates a constraint).
  void insert(Owner owner);

  void insert(Person person);

  void update(Person person);

  /// Replaces everything but id and name.
  void update(Owner owner);

  /// Nothing refers to it (checked by the caller; a reference violates a constraint).
  void remove(Person person);
}
