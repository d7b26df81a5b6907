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
/// @param attach who is asked about processes that somebody else starts
public record NodeConfig(
    Server server,
    Path dataDir,
    Socket socket,
    Duration recheckInterval,
    LogSettings log,
    Limits limits,
    Optional<InetSocketAddress> metrics,
    AttachConfig attach) {
  /// Nobody is asked about processes.
  public NodeConfig(
      Server server,
      Path dataDir,
      Socket socket,
      Duration recheckInterval,
      LogSettings log,
      Limits limits,
      Optional<InetSocketAddress> metrics) {
    this(server, dataDir, socket, recheckInterval, log, limits, metrics, AttachConfig.none());
  }

  /// The same, but these are asked about processes.
  public NodeConfig with(AttachConfig asked) {
    return new NodeConfig(server, dataDir, socket, recheckInterval, log, limits, metrics, asked);
  }

  /// Which server it belongs to.
  ///
  /// @param trustDomain empty: the token's
  /// @param servers any of them; empty: the token's
  /// @param joinTokenFile empty: the node has its SVID already, or joins by its certificate
  /// @param x509pop a certificate that lets it join; empty: none
  public record Server(
      Optional<TrustDomain> trustDomain,
      List<ServerAddress> servers,
      Optional<Path> joinTokenFile,
      Optional<X509Pop> x509pop) {
    /// Without a certificate.
    public Server(
        Optional<TrustDomain> trustDomain,
        List<ServerAddress> servers,
        Optional<Path> joinTokenFile) {
      this(trustDomain, servers, joinTokenFile, Optional.empty());
    }
  }

  /// A certificate that this machine has, and by what it knows its server. PEM files.
  ///
  /// @param certificates the machine's first, then those between it and the authority
  /// @param key of the first, PKCS#8, readable by its owner only
  /// @param bundle authorities of the server's trust domain
  public record X509Pop(Path certificates, Path key, Path bundle) {}

  /// The socket of the Workload API.
  ///
  /// @param mode as `rw-rw-rw-`
  /// @param tcp where it is served beside that, on the loopback interface, to callers of whom only
  ///   the user is known; empty: nowhere
  /// @param launch where `credence run` connects; empty: the node starts no programs
  public record Socket(
      Path path, String mode, Optional<InetSocketAddress> tcp, Optional<Path> launch) {
    /// On the Unix socket alone.
    public Socket(Path path, String mode) {
      this(path, mode, Optional.empty());
    }

    /// With the launch socket next to it.
    public Socket(Path path, String mode, Optional<InetSocketAddress> tcp) {
      this(path, mode, tcp, nextTo(path));
    }

    /// The Workload API's path with `.launch` behind it; empty if that is too long for a socket.
    static Optional<Path> nextTo(Path path) {
      Path launch = path.resolveSibling(path.getFileName() + ".launch");
      try {
        return Optional.of(dev.credence.platform.linux.UnixSocketPath.check(launch));
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    }
  }

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
