package dev.credence.server.core;

import dev.credence.certs.Name;
import dev.credence.certs.SpiffeId;
import dev.credence.server.core.model.Administrator;
import java.util.List;
import java.util.Optional;

/// An administrator as it is shown.
///
/// @param owners names of a registrar's
/// @param person who is behind it, if that is known
public record AdministratorView(
    Administrator administrator, SpiffeId spiffeId, List<Name> owners, Optional<Name> person) {
  public AdministratorView {
    owners = List.copyOf(owners);
  }
}
