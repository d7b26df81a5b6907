package dev.credence.server.core.model;

import dev.credence.certs.Id;
import dev.credence.certs.Name;

/// A person, owner, agent or service that a set of declarations answers for.
public record SetMember(Id thing, Name set) {}
