package dev.credence.node;

import dev.credence.attestors.join.ServerAddress;
import dev.credence.certs.TrustDomain;
import java.util.List;

/// Which servers this node belongs to.
///
/// @param servers any of them will do; at least one
record Membership(TrustDomain trustDomain, List<ServerAddress> servers) {
  Membership {
    servers = List.copyOf(servers);
    if (servers.isEmpty()) {
      throw new IllegalArgumentException("no server (expected: one or more)");
    }
  }
}
