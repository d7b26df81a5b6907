package dev.credence.server.core.model;

import java.time.Instant;

/// A stored event. Numbers rise by one, without gaps.
public record Event(long number, Instant at, NewEvent what) {}
