package dev.credence.server.core.port;

import dev.credence.server.core.model.SetMember;

/// Which set of declarations answers for what.
public interface Sets extends SetReads {
  /// From now on it belongs to this set, and to no other.
  void put(SetMember member);
}
