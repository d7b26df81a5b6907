package dev.credence.server.core;

import dev.credence.server.core.model.Event;

/// An event as it is shown.
///
/// @param subject `OWNER/NAME` of the agent or service it is about; empty: about none
public record EventView(Event event, String subject) {}
