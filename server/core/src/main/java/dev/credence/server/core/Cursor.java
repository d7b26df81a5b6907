package dev.credence.server.core;

import dev.credence.certs.Id;

/// A place in the registry's sequence of changes.
public record Cursor(Id epoch, long number) {}
