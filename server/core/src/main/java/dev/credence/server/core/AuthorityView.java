package dev.credence.server.core;

import dev.credence.server.core.model.AuthorityRecord;

/// An authority as administrators see it.
///
/// @param live how many live certificates hang on it; none on a JWT authority, whose tokens are not
///   kept
/// @param serverRuns its server runs
public record AuthorityView(AuthorityRecord record, long live, boolean serverRuns) {}
