package dev.credence.server.core;

import dev.credence.server.core.model.AuthorityRecord;

/// An authority as administrators see it.
///
/// @param live how many live certificates hang on it
public record AuthorityView(AuthorityRecord record, long live) {}
