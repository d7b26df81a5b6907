package dev.credence.cli.remote;

import dev.credence.attestors.join.ServerAddress;
import dev.credence.cli.client.Daemon;
import dev.credence.cli.client.DaemonConnection;
import io.grpc.ChannelCredentials;
import io.grpc.ConnectivityState;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Of several servers of one database, the first that answers and proves who it is. The last one is
/// not tried out: the call itself says what is wrong with it.
final class FirstReachable {

  private static final long PATIENCE_SECONDS = 5;

  private FirstReachable() {}

  static DaemonConnection of(List<ServerAddress> servers, ChannelCredentials credentials) {
    for (ServerAddress server : servers.subList(0, servers.size() - 1)) {
      var channel = channel(server, credentials);
      if (answers(channel)) {
        return connection(server, channel);
      }
      channel.shutdownNow();
    }
    return connection(servers.getLast(), channel(servers.getLast(), credentials));
  }

  private static ManagedChannel channel(ServerAddress server, ChannelCredentials credentials) {
    return Grpc.newChannelBuilderForAddress(server.host(), server.port(), credentials).build();
  }

  private static DaemonConnection connection(ServerAddress server, ManagedChannel channel) {
    return DaemonConnection.over(Daemon.SERVER, server.toString(), channel);
  }

  private static boolean answers(ManagedChannel channel) {
    var ready = new CompletableFuture<Boolean>();
    watch(channel, ready);
    try {
      return ready.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static void watch(ManagedChannel channel, CompletableFuture<Boolean> ready) {
    ConnectivityState state = channel.getState(true);
    switch (state) {
      case READY -> ready.complete(true);
      case TRANSIENT_FAILURE, SHUTDOWN -> ready.complete(false);
      case CONNECTING, IDLE -> channel.notifyWhenStateChanged(state, () -> watch(channel, ready));
    }
  }
}
