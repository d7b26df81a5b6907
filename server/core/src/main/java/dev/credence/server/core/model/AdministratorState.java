package dev.credence.server.core.model;

/// Whether an administrator may call.
public enum AdministratorState {
  ACTIVE,
  /// Refused until resumed.
  SUSPENDED,
  /// For good; the name is never used again.
  REMOVED
}
