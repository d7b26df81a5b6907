package dev.credence.server.core;

/// What a revocation did.
///
/// @param others how many further executions of the same agent on the same node ended with it
public record RevokedExecution(ExecutionView execution, BarView bar, int others) {}
