package dev.credence.server.core.port;

import dev.credence.certs.Id;
import dev.credence.certs.Name;
import dev.credence.certs.Sha256;
import dev.credence.server.core.model.Administrator;
import dev.credence.server.core.model.Page;
import java.util.Optional;

/// The part of [Administrators] that only looks.
public interface AdministratorReads {
  Optional<Administrator> find(Id id);

  /// Removed ones too: their names stay theirs.
  Optional<Administrator> find(Name name);

  /// Whose newest enrolment token has that secret.
  Optional<Administrator> byToken(Sha256 secretDigest);

  /// Whose pinned key that is.
  Optional<Administrator> byKey(Sha256 key);

  /// In order of creation.
  Page<Administrator> list(Page.Request page);
}
