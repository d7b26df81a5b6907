package dev.credence.server.core;

import dev.credence.certs.Sha256;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.RequestId;

/// A repeatable question: who asks, under which id, and a fingerprint of what.
record Call(Actor actor, RequestId request, Sha256 fingerprint) {}
