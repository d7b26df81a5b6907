package dev.credence.server.app;

import dev.credence.certs.TrustDomain;
import dev.credence.certs.issue.RevocationPoint;
import dev.credence.platform.config.ConfigDocument;
import dev.credence.platform.config.ConfigException;
import dev.credence.platform.config.ConfigReader;
import dev.credence.platform.logging.LogSettings;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The server's configuration, checked. Each value is described in {@link ServerKeys}.
///
/// @param dataDir absolute
public record ServerConfig(
    TrustDomain trustDomain,
    Path dataDir,
    Network network,
    Admin admin,
    LogSettings log,
    Lifetimes lifetimes,
    Storage storage,
    Rotation rotation,
    NodeAttestors attestors,
    boolean dev) {

  /// Where it listens.
  ///
  /// @param listen unresolved; port 0: a free one
  /// @param publicAddress what nodes are told, if it isn't `listen`
  /// @param metrics empty: off
  /// @param crl where the revocation lists are; empty: off
  /// @param crlUrl where certificates say that they are; empty: nothing
  public record Network(
      InetSocketAddress listen,
      Optional<InetSocketAddress> publicAddress,
      Optional<InetSocketAddress> metrics,
      Optional<InetSocketAddress> crl,
      Optional<RevocationPoint> crlUrl) {}

  /// The administrator's socket, and what administrators may make.
  ///
  /// @param socket absolute
  /// @param uids empty: the server's own, and root
  /// @param subjectsPerOwner agents and services of one owner
  public record Admin(Path socket, Set<Integer> uids, int subjectsPerOwner) {
    /// Copies.
    public Admin {
      uids = Set.copyOf(uids);
    }
  }

  /// How long certificates live.
  ///
  /// @param nodeLease how long a node may be silent
  public record Lifetimes(
      Duration agent, Duration service, Duration node, Duration nodeLease, Duration authority) {}

  /// How authorities follow on each other by age.
  public record Rotation(Duration after, Duration distribute) {
    private static final Duration WEEK = Duration.ofDays(7);

    static Rotation of(ConfigDocument document, Duration lifetime) throws ConfigException {
      Duration quarter = lifetime.dividedBy(4);
      var rotation =
          new Rotation(
              document.get(ServerKeys.AUTHORITY_ROTATE_AFTER).orElse(lifetime.dividedBy(2)),
              document
                  .get(ServerKeys.AUTHORITY_DISTRIBUTE)
                  .orElse(quarter.compareTo(WEEK) < 0 ? quarter : WEEK));
      document.require(
          rotation.after.compareTo(lifetime) < 0,
          ServerKeys.AUTHORITY_ROTATE_AFTER,
          "not shorter than authority.lifetime");
      document.require(
          rotation.distribute.compareTo(rotation.after) < 0,
          ServerKeys.AUTHORITY_DISTRIBUTE,
          "not shorter than authority.rotate_after");
      return rotation;
    }
  }

  /// Reads and checks a file; all problems at once.
  public static ServerConfig read(Path file) throws ConfigException {
    return of(ConfigReader.read(file, ServerKeys.all()));
  }

  static ServerConfig of(ConfigDocument document) throws ConfigException {
    Path dataDir = document.resolve(document.get(ServerKeys.DATA_DIR)).toAbsolutePath();
    var network =
        new Network(
            document.get(ServerKeys.LISTEN),
            document.get(ServerKeys.PUBLIC_ADDRESS),
            document.get(ServerKeys.METRICS_LISTEN),
            document.get(ServerKeys.CRL_LISTEN),
            document.get(ServerKeys.CRL_URL));
    var lifetimes =
        new Lifetimes(
            document.get(ServerKeys.AGENT_TTL),
            document.get(ServerKeys.SERVICE_TTL),
            document.get(ServerKeys.NODE_TTL),
            document.get(ServerKeys.NODE_LEASE),
            document.get(ServerKeys.AUTHORITY_LIFETIME));
    Storage storage = Storage.of(document, dataDir);
    var rotation = Rotation.of(document, lifetimes.authority());
    check(document, network, lifetimes);
    return new ServerConfig(
        document.get(ServerKeys.TRUST_DOMAIN),
        dataDir,
        network,
        new Admin(
            dataDir.resolve(document.get(ServerKeys.ADMIN_SOCKET)),
            Set.copyOf(document.get(ServerKeys.ADMIN_UIDS)),
            document.get(ServerKeys.SUBJECTS_PER_OWNER)),
        new LogSettings(document.get(ServerKeys.LOG_LEVEL), document.get(ServerKeys.LOG_FORMAT)),
        lifetimes,
        storage,
        rotation,
        new NodeAttestors(document.get(ServerKeys.X509POP_CA_FILE).map(document::resolve)),
        document.get(ServerKeys.DEV));
  }

  private static void check(ConfigDocument document, Network network, Lifetimes lifetimes)
      throws ConfigException {
    Set<String> wildcards = Set.of("0.0.0.0", "::", "0:0:0:0:0:0:0:0");
    document.require(
        network.publicAddress().isPresent()
            || !wildcards.contains(network.listen().getHostString()),
        ServerKeys.LISTEN,
        "a wildcard tells nodes no address (expected: public_address too)");
    document.require(
        network.publicAddress().map(InetSocketAddress::getPort).orElse(1) != 0,
        ServerKeys.PUBLIC_ADDRESS,
        "port 0 (expected: the port that nodes reach)");
    for (Duration life : List.of(lifetimes.agent(), lifetimes.service(), lifetimes.node())) {
      document.require(
          life.compareTo(lifetimes.authority()) < 0,
          ServerKeys.AUTHORITY_LIFETIME,
          "shorter than the life of what it signs");
    }
    document.done();
  }
}
