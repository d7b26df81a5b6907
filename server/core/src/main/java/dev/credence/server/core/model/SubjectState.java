package dev.credence.server.core.model;

/// Life cycle of an agent or service. Only active ones get identities; retired is final.
public enum SubjectState {
  DRAFT,
  ACTIVE,
  SUSPENDED,
  RETIRED
}
