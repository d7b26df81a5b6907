package dev.credence.server.app;

import dev.credence.server.rpc.RpcServices;
import dev.credence.transport.ConnectionLimits;
import dev.credence.transport.ServerLimits;
import dev.credence.transport.UnixSocketServer;
import io.grpc.Server;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The administrator's socket. Who may connect is the file's mode; who may call is decided by the
/// uid that the kernel vouches for.
final class AdminListener implements AutoCloseable {
  private final UnixSocketServer socket;
  private @Nullable Server server;

  AdminListener(Path path, Set<Integer> admins) throws IOException {
    boolean ownerOnly = OwnUser.andRoot().containsAll(admins);
    this.socket =
        UnixSocketServer.claim(
            new UnixSocketServer.Settings(
                path,
                ownerOnly ? "rw-------" : "rw-rw-rw-",
                ConnectionLimits.standard(),
                ServerLimits.local(),
                _ -> {}));
  }

  Server start(RpcServices services) throws IOException {
    services.addTo(socket.builder());
    Server running = socket.start();
    server = running;
    return running;
  }

  @Override
  public void close() throws IOException {
    if (server != null) {
      server.shutdownNow();
    }
    socket.close();
  }
}
