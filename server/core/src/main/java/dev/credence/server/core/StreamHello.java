package dev.credence.server.core;

import dev.credence.certs.Id;
import java.util.Optional;

/// What a node says when it opens its stream.
///
/// @param startId of this start of its daemon
/// @param cursor up to where it has the registry; empty: nothing yet
/// @param hostName for people
/// @param software for people
public record StreamHello(Id startId, Optional<Cursor> cursor, String hostName, String software) {}
