package dev.credence.server.core.model;

import dev.credence.certs.Id;
import dev.credence.certs.Name;
import java.time.Instant;
import java.util.Optional;

/// The accountable team behind agents and services.
///
/// @param accountable the person who answers for it
/// @param parent the owner above, up to the organization
/// @param revision rises with each change
/// @param retiredAt when it was retired, if it was
public record Owner(
    Id id,
    Name name,
    Contact contact,
    Id accountable,
    Optional<Id> parent,
    OwnerState state,
    Instant createdAt,
    long revision,
    Optional<Instant> retiredAt) {

  /// As it is made.
  public Owner(
      Id id,
      Name name,
      Contact contact,
      Id accountable,
      Optional<Id> parent,
      OwnerState state,
      Instant createdAt) {
    this(id, name, contact, accountable, parent, state, createdAt, 1, Optional.empty());
  }

  /// For people: how it is called, and where it is reached. Either may be empty.
  public record Contact(String displayName, String address) {}
}
