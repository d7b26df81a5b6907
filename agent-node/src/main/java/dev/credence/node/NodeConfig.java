package dev.credence.node;

import dev.credence.attestors.join.ServerAddress;
import dev.credence.certs.TrustDomain;
import dev.credence.platform.logging.LogFormat;
import dev.credence.platform.logging.LogLevel;
import dev.credence.platform.logging.LogSettings;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Everything that is configured about a node. docs/reference/node-config.md describes the file.
///
/// @param server which one it belongs to
/// @param dataDir where key, SVID and bundle are kept
/// @param socket of the Workload API
/// @param recheckInterval how often served processes are looked at again
/// @param limits what local callers may take
/// @param metrics where they are served; empty: nowhere
public record NodeConfig(
    Server server,
    Path dataDir,
    Socket socket,
    Duration recheckInterval,
    LogSettings log,
    Limits limits,
    Optional<InetSocketAddress> metrics) {

  /// Which server it belongs to.
  ///
  /// @param trustDomain empty: the token's
  /// @param servers any of them; empty: the token's
  /// @param joinTokenFile empty: the node has its SVID already
  public record Server(
      Optional<TrustDomain> trustDomain,
      List<ServerAddress> servers,
      Optional<Path> joinTokenFile) {}

  /// The socket of the Workload API.
  ///
  /// @param mode as `rw-rw-rw-`
  public record Socket(Path path, String mode) {}

  /// A node that takes everything from its join token, with the usual settings.
  public static NodeConfig of(Path dataDir, Path socket, Path joinTokenFile) {
    return new NodeConfig(
        new Server(Optional.empty(), List.of(), Optional.of(joinTokenFile)),
        dataDir,
        new Socket(socket, NodeConfigKeys.DEFAULT_MODE),
        NodeConfigKeys.DEFAULT_RECHECK,
        new LogSettings(LogLevel.INFO, LogFormat.TEXT),
        Limits.usual(),
        Optional.empty());
  }
}
