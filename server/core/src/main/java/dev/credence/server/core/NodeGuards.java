package dev.credence.server.core;

/// What bounds a node.
///
/// @param counts running executions of each
/// @param rates calls per second of each
record NodeGuards(RunningCounts counts, NodeRates rates) {}
