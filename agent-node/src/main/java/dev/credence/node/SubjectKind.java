package dev.credence.node;

/// What an identity stands for.
enum SubjectKind {
  AGENT,
  SERVICE
}
