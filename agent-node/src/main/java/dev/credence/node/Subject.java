package dev.credence.node;

import dev.credence.certs.Id;
import dev.credence.certs.SpiffeId;

/// An agent or service, as far as a node needs to know it.
record Subject(Id id, SubjectKind kind, SpiffeId spiffeId) {}
