package dev.credence.server.core;

import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.RequestId;
import java.time.Instant;

/// Who changes something, under which request, why, and when.
record Occasion(Actor actor, RequestId request, String reason, Instant now) {}
