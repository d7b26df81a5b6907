package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.certs.SpiffeId;
import dev.credence.server.core.model.Node;
import java.time.Instant;
import java.util.Optional;

/// A node as it is shown.
///
/// @param connectedTo id of the server that it has an open stream to; empty: none
/// @param lastSeenAt now, while it is connected
public record NodeView(Node node, SpiffeId spiffeId, Optional<Id> connectedTo, Instant lastSeenAt) {
  /// True if it has an open stream to any server.
  public boolean connected() {
    return connectedTo.isPresent();
  }
}
