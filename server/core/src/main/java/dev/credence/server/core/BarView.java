package dev.credence.server.core;

import dev.credence.certs.SpiffeId;
import dev.credence.server.core.model.Bar;
import dev.credence.server.core.model.Subject;

/// A bar as it is shown: with whose it is.
public record BarView(Bar bar, Subject subject, SpiffeId spiffeId) {}
