package dev.credence.node;

import dev.credence.certs.CodeAssurance;
import dev.credence.certs.Isolation;

/// The least assurance that a registration accepts.
record Demands(CodeAssurance code, Isolation isolation) {
  static final Demands NONE = new Demands(CodeAssurance.NONE, Isolation.SHARED_UID);
}
