package dev.credence.node;

import java.util.Optional;

/// How the node introduces itself when the sync stream opens.
///
/// @param cursor where it is in the registry's sequence; empty: it wants everything
/// @param hostName for people
/// @param software for people: name and version
record SyncOpening(Optional<Cursor> cursor, String hostName, String software) {}
