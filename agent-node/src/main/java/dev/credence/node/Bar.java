package dev.credence.node;

import dev.credence.certs.Id;

/// An agent or service that gets no identity on this node until an administrator lifts it.
///
/// @param execution whose revocation set it
record Bar(Id subject, Id execution) {}
