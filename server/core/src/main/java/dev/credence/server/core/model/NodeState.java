package dev.credence.server.core.model;

/// Life cycle of a node. Suspended waits for an administrator's decision. Banned and evicted are
/// final for the node and its key; whose machine was evicted may join anew, as another node.
public enum NodeState {
  ACTIVE,
  SUSPENDED,
  BANNED,
  EVICTED
}
