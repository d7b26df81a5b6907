package dev.credence.server.core;

import dev.credence.certs.Name;
import dev.credence.server.core.model.Owner;
import dev.credence.server.core.model.Person;
import java.util.Optional;

/// An owner as it is shown.
///
/// @param parent name of the owner above
public record OwnerView(Owner owner, Person accountable, Optional<Name> parent) {}
