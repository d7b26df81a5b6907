package dev.credence.server.core.model;

/// Life cycle of a node. Suspended waits for an administrator's decision; banned is final for its
/// key.
public enum NodeState {
  ACTIVE,
  SUSPENDED,
  BANNED
}
