package dev.credence.server.core.port;

import dev.credence.certs.Id;
import java.time.Instant;
import java.util.Optional;

/// The part of [Meta] that only looks.
public interface MetaReads {
  /// Random; new at creation and at each restore. Part of every cursor.
  Id epoch();

  long registryNumber();

  /// The highest time that was stored with a commit.
  Optional<Instant> highestTime();

  Optional<String> trustDomain();
}
