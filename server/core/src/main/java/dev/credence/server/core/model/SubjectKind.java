package dev.credence.server.core.model;

/// What an identity stands for.
public enum SubjectKind {
  /// An AI agent.
  AGENT,
  /// A tool service, or any other workload that is not an AI agent.
  SERVICE;

  /// "agent" or "service", as in SPIFFE IDs and messages.
  public String label() {
    return this == AGENT ? "agent" : "service";
  }
}
