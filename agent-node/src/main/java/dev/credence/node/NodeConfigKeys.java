package dev.credence.node;

import dev.credence.attestors.join.ServerAddress;
import dev.credence.certs.TrustDomain;
import dev.credence.platform.config.Durations;
import dev.credence.platform.config.Key;
import dev.credence.platform.config.Parsers;
import dev.credence.platform.logging.LogFormat;
import dev.credence.platform.logging.LogLevel;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The keys of a node's configuration file, each with its default and its meaning. The table in
/// docs/reference/node-config.md is this list; a test compares them. [NodeConfigFile] reads them.
final class NodeConfigKeys {
  static final String DEFAULT_MODE = "rw-rw-rw-";
  static final Duration DEFAULT_RECHECK = Duration.ofSeconds(10);

  static final Key<Optional<TrustDomain>> TRUST_DOMAIN =
      Key.absentable(
          "trust_domain",
          TrustDomain::parse,
          "trust domain of the server; by default the join token's. If both are there they must be equal");
  static final Key<Optional<ServerAddress>> SERVER =
      Key.absentable(
          "server",
          ServerAddress::parse,
          "HOST:PORT of the server; by default the join token's, later the one that the node joined");
  static final Key<List<ServerAddress>> SERVERS =
      Key.listOf(
          "servers",
          ServerAddress::parse,
          List.of(),
          "HOST:PORT of several servers of one trust domain, instead of `server`: the node is connected to one of them, and"
              + " goes to the next when it loses that one");
  static final Key<Path> DATA_DIR =
      Key.required(
          "data_dir",
          Parsers::path,
          "folder for the node's own key, SVID and bundle; made with mode 0700, used by one node at a time");
  static final Key<Path> SOCKET =
      Key.required(
          "socket",
          Parsers::path,
          "path of the Workload API's Unix socket, at most 107 bytes; its folder must exist");
  static final Key<String> SOCKET_MODE =
      Key.optional(
          "socket_mode",
          NodeValues::mode,
          DEFAULT_MODE,
          "who may connect, as ls writes it; callers are told apart by the kernel, so everybody may");
  static final Key<Optional<InetSocketAddress>> TCP_LISTEN =
      Key.absentable(
          "tcp.listen",
          NodeValues::loopbackLiteral,
          "IP:PORT on the loopback interface where the Workload API is served as well, to callers of whom only the user is"
              + " known (`tcp:uid`), not the process");
  static final Key<Optional<Path>> LAUNCH_SOCKET =
      Key.absentable(
          "launch.socket",
          Parsers::path,
          "path of the Unix socket where `credence run` asks for programs to be started, at most 107 bytes; by default the"
              + " Workload API's with `.launch` behind it");
  static final Key<Boolean> LAUNCH_ENABLED =
      Key.optional(
          "launch.enabled",
          Parsers::bool,
          "true",
          "false: the node starts no programs, and `credence run` executes them itself");
  static final Key<Optional<Path>> JOIN_TOKEN_FILE =
      Key.absentable(
          "join_token_file",
          Parsers::path,
          "file with a join token, readable by its owner only; needed until the node has joined, deleted then");
  static final Key<Optional<Path>> X509POP_CERTIFICATE =
      Key.absentable(
          "x509pop.certificate_file",
          Parsers::path,
          "PEM certificate of this machine, and those between it and its authority, by which it joins without a token");
  static final Key<Optional<Path>> X509POP_KEY =
      Key.absentable(
          "x509pop.key_file",
          Parsers::path,
          "PEM key (PKCS#8) of that certificate, readable by its owner only");
  static final Key<Optional<Path>> X509POP_BUNDLE =
      Key.absentable(
          "x509pop.bundle_file",
          Parsers::path,
          "PEM authorities of the trust domain (credence bundle show), by which the server is known at the first contact");
  static final Key<Duration> RECHECK =
      Key.optional(
          "recheck_interval",
          Durations.between(Duration.ofSeconds(1), Duration.ofHours(1)),
          Durations.format(DEFAULT_RECHECK),
          "how often every served process is looked at again");
  static final Key<LogLevel> LOG_LEVEL =
      Key.optional(
          "log.level",
          Parsers.oneOf(LogLevel.class),
          "info",
          "least severity that is logged: debug, info, warn or error");
  static final Key<LogFormat> LOG_FORMAT =
      Key.optional(
          "log.format",
          Parsers.oneOf(LogFormat.class),
          "text",
          "text, or json: one object per line");
  static final Key<Optional<InetSocketAddress>> METRICS =
      Key.absentable(
          "metrics.listen",
          NodeValues::loopback,
          "HOST:PORT on the loopback interface where Prometheus metrics are served; port 0 takes a free one");
  static final Key<List<Path>> DOCKER =
      Key.listOf(
          "containers.docker.sockets",
          NodeValues::absolute,
          List.of(),
          "sockets of Docker, for example /run/docker.sock, which is asked about processes in its containers (`docker:` selectors)");
  static final Key<List<Path>> PODMAN =
      Key.listOf(
          "containers.podman.sockets",
          NodeValues::absolute,
          List.of(),
          "sockets of Podman (`podman system service`), for example /run/podman/podman.sock, likewise");
  static final Key<Optional<Path>> SYSTEM_BUS =
      Key.absentable(
          "systemd.bus",
          NodeValues::absolute,
          "socket of the system bus, /run/dbus/system_bus_socket, on which systemd is asked for the unit of a process (`systemd:`"
              + " selectors)");

  private static final List<Key<?>> OWN =
      List.of(
          TRUST_DOMAIN,
          SERVER,
          SERVERS,
          DATA_DIR,
          SOCKET,
          SOCKET_MODE,
          TCP_LISTEN,
          LAUNCH_SOCKET,
          LAUNCH_ENABLED,
          JOIN_TOKEN_FILE,
          X509POP_CERTIFICATE,
          X509POP_KEY,
          X509POP_BUNDLE,
          RECHECK,
          LOG_LEVEL,
          LOG_FORMAT,
          METRICS,
          DOCKER,
          PODMAN,
          SYSTEM_BUS);

  /// Every key.
  static final List<Key<?>> ALL = Stream.concat(OWN.stream(), NodeLimitKeys.ALL.stream()).toList();

  private NodeConfigKeys() {}
}
