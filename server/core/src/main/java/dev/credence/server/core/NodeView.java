package dev.credence.server.core;

import dev.credence.certs.SpiffeId;
import dev.credence.server.core.model.Node;
import java.time.Instant;

/// A node as it is shown.
///
/// @param connected it has an open stream to this server
/// @param lastSeenAt now, while it is connected
public record NodeView(Node node, SpiffeId spiffeId, boolean connected, Instant lastSeenAt) {}
