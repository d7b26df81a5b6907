package dev.credence.server.core.model;

/// Life cycle of an owner.
public enum OwnerState {
  ACTIVE,
  SUSPENDED,
  RETIRED
}
