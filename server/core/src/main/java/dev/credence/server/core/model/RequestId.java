package dev.credence.server.core.model;

import dev.credence.certs.Id;

/// The 16 bytes by which a caller makes a mutation repeatable: same id, same answer.
public record RequestId(Id value) {
  @Override
  public String toString() {
    return value.toString();
  }
}
