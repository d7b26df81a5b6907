package dev.credence.server.core.port;

import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import java.time.Instant;
import java.util.Optional;

/// The part of [NodeTraces] that only looks.
public interface NodeTraceReads {
  /// The start that settled last for the first time.
  Optional<Id> newestStart(Id node);

  /// When the newest start settled.
  Optional<Instant> newestSettledAt(Id node);

  /// Whether that start settled before.
  boolean hasSettled(Id node, Id start);

  /// A serial that was issued for a renewal from this one and has been used since.
  Optional<String> usedSuccessor(Id node, String serial);

  /// Another serial that was issued for a renewal from the same one as this, and has been used.
  Optional<String> usedTwin(Id node, String serial);

  /// Whether an administrator last took the node back while this key was pinned for it.
  boolean isDecided(Id node, Sha256 key);
}
