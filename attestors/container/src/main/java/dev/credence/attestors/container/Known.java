package dev.credence.attestors.container;

/// What an engine said of a container, and when.
///
/// @param answeredAtBootNanos on [dev.credence.platform.linux.BootClock]; a process that was
///   started later is not the one that the engine meant, whatever its pid is
record Known(Container container, long answeredAtBootNanos) {}
