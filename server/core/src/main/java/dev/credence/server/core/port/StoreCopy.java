package dev.credence.server.core.port;

import dev.credence.certs.Id;
import java.io.IOException;
import java.io.InputStream;

/// A consistent copy of the whole database as it stood at one moment, for a backup. Closing removes
/// it.
public interface StoreCopy extends AutoCloseable {
  /// What is in it.
  Facts facts();

  /// Its bytes, [Facts#size()] of them. The caller closes the stream.
  InputStream open() throws IOException;

  @Override
  void close();

  /// @param schema version of the database format
  /// @param trustDomain whose it is
  /// @param epoch of every cursor that was given by it
  /// @param registryNumber of the newest change of the registry
  /// @param lastEvent number of the newest event; 0: none
  /// @param size in bytes
  record Facts(
      int schema, String trustDomain, Id epoch, long registryNumber, long lastEvent, long size) {}
}
