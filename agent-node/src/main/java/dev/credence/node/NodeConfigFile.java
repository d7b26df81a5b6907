package dev.credence.node;

import static dev.credence.node.NodeConfigKeys.DATA_DIR;
import static dev.credence.node.NodeConfigKeys.DOCKER;
import static dev.credence.node.NodeConfigKeys.JOIN_TOKEN_FILE;
import static dev.credence.node.NodeConfigKeys.LAUNCH_ENABLED;
import static dev.credence.node.NodeConfigKeys.LAUNCH_SOCKET;
import static dev.credence.node.NodeConfigKeys.LOG_FORMAT;
import static dev.credence.node.NodeConfigKeys.LOG_LEVEL;
import static dev.credence.node.NodeConfigKeys.METRICS;
import static dev.credence.node.NodeConfigKeys.PODMAN;
import static dev.credence.node.NodeConfigKeys.RECHECK;
import static dev.credence.node.NodeConfigKeys.SERVER;
import static dev.credence.node.NodeConfigKeys.SERVERS;
import static dev.credence.node.NodeConfigKeys.SOCKET;
import static dev.credence.node.NodeConfigKeys.SOCKET_MODE;
import static dev.credence.node.NodeConfigKeys.SYSTEM_BUS;
import static dev.credence.node.NodeConfigKeys.TCP_LISTEN;
import static dev.credence.node.NodeConfigKeys.TRUST_DOMAIN;
import static dev.credence.node.NodeConfigKeys.X509POP_BUNDLE;
import static dev.credence.node.NodeConfigKeys.X509POP_CERTIFICATE;
import static dev.credence.node.NodeConfigKeys.X509POP_KEY;

import dev.credence.attestors.join.ServerAddress;
import dev.credence.platform.config.ConfigDocument;
import dev.credence.platform.config.ConfigException;
import dev.credence.platform.config.ConfigReader;
import dev.credence.platform.config.Key;
import dev.credence.platform.linux.UnixSocketPath;
import dev.credence.platform.logging.LogSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Reads a node's configuration file: what its keys come to together. Stateless.
final class NodeConfigFile {
  private static final int MOST_SERVERS = 16;

  private NodeConfigFile() {}

  /// Reads a file; every problem in it is reported together.
  static NodeConfig read(Path file) throws ConfigException {
    ConfigDocument document = ConfigReader.read(file, NodeConfigKeys.ALL);
    Path socket = document.resolve(document.get(SOCKET)).toAbsolutePath();
    requireFits(document, socket, SOCKET);
    Optional<NodeConfig.X509Pop> x509pop = x509pop(document);
    Limits limits = NodeLimitKeys.read(document);
    document.done();
    return new NodeConfig(
        new NodeConfig.Server(
            document.get(TRUST_DOMAIN),
            servers(document),
            document.get(JOIN_TOKEN_FILE).map(document::resolve),
            x509pop),
        document.resolve(document.get(DATA_DIR)),
        new NodeConfig.Socket(
            socket, document.get(SOCKET_MODE), document.get(TCP_LISTEN), launch(document, socket)),
        document.get(RECHECK),
        new LogSettings(document.get(LOG_LEVEL), document.get(LOG_FORMAT)),
        limits,
        document.get(METRICS),
        new AttachConfig(document.get(DOCKER), document.get(PODMAN), document.get(SYSTEM_BUS)));
  }

  private static Optional<Path> launch(ConfigDocument document, Path socket) {
    Optional<Path> given =
        document.get(LAUNCH_SOCKET).map(path -> document.resolve(path).toAbsolutePath());
    if (given.isPresent()) {
      requireFits(document, given.get(), LAUNCH_SOCKET);
      document.require(
          !given.get().equals(socket),
          LAUNCH_SOCKET,
          "the same as socket (expected: another path)");
    }
    return document.get(LAUNCH_ENABLED)
        ? given.or(() -> NodeConfig.Socket.nextTo(socket))
        : Optional.empty();
  }

  private static List<ServerAddress> servers(ConfigDocument document) {
    Optional<ServerAddress> one = document.get(SERVER);
    List<ServerAddress> several = document.get(SERVERS);
    document.require(
        one.isEmpty() || several.isEmpty(), SERVERS, "server too (expected: one of them)");
    document.require(
        several.size() <= MOST_SERVERS && several.stream().distinct().count() == several.size(),
        SERVERS,
        Text.of("%d addresses (expected: at most %d, each once)", several.size(), MOST_SERVERS));
    return one.map(List::of).orElse(several);
  }

  /// All three files or none, and then the server that is meant must be named: there is no token
  /// that does.
  private static Optional<NodeConfig.X509Pop> x509pop(ConfigDocument document) {
    Optional<Path> certificate = document.get(X509POP_CERTIFICATE).map(document::resolve);
    Optional<Path> key = document.get(X509POP_KEY).map(document::resolve);
    Optional<Path> bundle = document.get(X509POP_BUNDLE).map(document::resolve);
    boolean none = certificate.isEmpty() && key.isEmpty() && bundle.isEmpty();
    boolean all = certificate.isPresent() && key.isPresent() && bundle.isPresent();
    document.require(
        none || all,
        X509POP_CERTIFICATE,
        "not all of x509pop.certificate_file, x509pop.key_file and x509pop.bundle_file (expected: all three)");
    document.require(
        none || (!servers(document).isEmpty() && document.get(TRUST_DOMAIN).isPresent()),
        X509POP_CERTIFICATE,
        "set without server and trust_domain (expected: both, since there is no token that names them)");
    return all
        ? Optional.of(new NodeConfig.X509Pop(certificate.get(), key.get(), bundle.get()))
        : Optional.empty();
  }

  private static void requireFits(ConfigDocument document, Path socket, Key<?> key) {
    try {
      UnixSocketPath.check(socket);
    } catch (IllegalArgumentException e) {
      document.require(false, key, String.valueOf(e.getMessage()));
    }
  }
}
