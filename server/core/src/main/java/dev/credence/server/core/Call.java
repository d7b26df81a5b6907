package dev.credence.server.core;

import dev.credence.certs.Sha256;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.RequestId;

/// A repeatable question: who asks, under which id, and a fingerprint of what.
///
/// @param right what it needs of an administrator over the network
record Call(Actor actor, RequestId request, Sha256 fingerprint, Right right) {
  /// An operator's, if an administrator asks.
  Call(Actor actor, RequestId request, Sha256 fingerprint) {
    this(actor, request, fingerprint, Right.OPERATE);
  }
}
