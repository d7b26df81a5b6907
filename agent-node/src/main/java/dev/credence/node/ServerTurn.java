package dev.credence.node;

import dev.credence.attestors.join.ServerAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Which of its servers the node goes to: one after the other, round and round. Thread-safe.
final class ServerTurn {
  private volatile List<ServerAddress> servers;
  private final AtomicInteger at = new AtomicInteger();

  /// @param servers at least one; the first one's turn is first
  ServerTurn(List<ServerAddress> servers) {
    this.servers = List.copyOf(servers);
  }

  /// Other servers from now on.
  ///
  /// @param others at least one
  void become(List<ServerAddress> others) {
    servers = List.copyOf(others);
  }

  /// Whose turn it is.
  ServerAddress current() {
    List<ServerAddress> now = servers;
    return now.get(Math.floorMod(at.get(), now.size()));
  }

  /// That one was lost.
  void next() {
    int _ = at.incrementAndGet();
  }
}
