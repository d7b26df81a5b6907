package dev.credence.server.core;

/// What a decision about a node did.
///
/// @param ended how many executions ended with it
public record DecidedNode(NodeView node, int ended) {}
