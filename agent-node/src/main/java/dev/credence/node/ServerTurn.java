package dev.credence.node;

import dev.credence.attestors.join.ServerAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Which of its servers the node goes to: one after the other, round and round. Thread-safe.
final class ServerTurn {
  private final List<ServerAddress> servers;
  private final AtomicInteger at = new AtomicInteger();

  /// @param servers at least one; the first one's turn is first
  ServerTurn(List<ServerAddress> servers) {
    this.servers = List.copyOf(servers);
  }

  /// Whose turn it is.
  ServerAddress current() {
    return servers.get(Math.floorMod(at.get(), servers.size()));
  }

  /// That one was lost.
  void next() {
    int _ = at.incrementAndGet();
  }
}
