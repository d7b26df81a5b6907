package dev.credence.server.core.port;

import dev.credence.server.core.model.AuthorityRecord;

/// The authorities of the trust domain's servers, their public parts and states.
public interface Authorities extends AuthorityReads {
  /// At most one of a server and kind is active (checked by the caller; a second one violates a
  /// constraint).
  void insert(AuthorityRecord authority);

  /// Replaces the state of the authority with that id, and its time.
  void update(AuthorityRecord authority);

  /// Raises the bundle's number by one and returns it.
  long nextBundleSequence();
}
