package dev.credence.server.core.model;

import dev.credence.certs.Id;
import dev.credence.certs.Name;
import java.time.Instant;
import java.util.Optional;

/// The accountable team behind agents and services.
///
/// @param accountable the person who answers for it
/// @param parent the owner above, up to the organization
public record Owner(
    Id id,
    Name name,
    Contact contact,
    Id accountable,
    Optional<Id> parent,
    OwnerState state,
    Instant createdAt) {

  /// For people: how it is called, and where it is reached. Either may be empty.
  public record Contact(String displayName, String address) {}
}
