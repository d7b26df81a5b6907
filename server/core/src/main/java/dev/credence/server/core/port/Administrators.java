package dev.credence.server.core.port;

import dev.credence.server.core.model.Administrator;

/// Administrators on other machines.
public interface Administrators extends AdministratorReads {
  void insert(Administrator administrator);

  /// Replaces everything but id, name and time of creation.
  void update(Administrator administrator);
}
