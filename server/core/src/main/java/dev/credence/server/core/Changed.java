package dev.credence.server.core;

/// The answer to a change.
///
/// @param <T> how the thing is shown
/// @param now after the change; in a dry run as it is
public record Changed<T>(T now, ChangeReport report) {}
