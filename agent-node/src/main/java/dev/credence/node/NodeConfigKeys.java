package dev.credence.node;

import dev.credence.attestors.code.CodeLimits;
import dev.credence.attestors.code.StoreLimits;
import dev.credence.attestors.join.ServerAddress;
import dev.credence.certs.TrustDomain;
import dev.credence.platform.config.ConfigDocument;
import dev.credence.platform.config.ConfigException;
import dev.credence.platform.config.ConfigReader;
import dev.credence.platform.config.Durations;
import dev.credence.platform.config.Key;
import dev.credence.platform.config.Parsers;
import dev.credence.platform.linux.UnixSocketPath;
import dev.credence.platform.logging.LogFormat;
import dev.credence.platform.logging.LogLevel;
import dev.credence.platform.logging.LogSettings;
import dev.credence.transport.ConnectionLimits;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The keys of a node's configuration file, each with its default and its meaning. The table in
/// docs/reference/node-config.md is this list; a test compares them.
final class NodeConfigKeys {
  static final String DEFAULT_MODE = "rw-rw-rw-";
  static final Duration DEFAULT_RECHECK = Duration.ofSeconds(10);
  private static final int MOST = 1_000_000;
  private static final int MOST_SERVERS = 16;
  private static final long MEBIBYTE = 1 << 20;

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
          NodeConfigKeys::mode,
          DEFAULT_MODE,
          "who may connect, as ls writes it; callers are told apart by the kernel, so everybody may");
  static final Key<Optional<InetSocketAddress>> TCP_LISTEN =
      Key.absentable(
          "tcp.listen",
          NodeConfigKeys::loopbackLiteral,
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
          NodeConfigKeys::loopback,
          "HOST:PORT on the loopback interface where Prometheus metrics are served; port 0 takes a free one");
  static final Key<List<Path>> DOCKER =
      Key.listOf(
          "containers.docker.sockets",
          NodeConfigKeys::absolute,
          List.of(),
          "sockets of Docker, for example /run/docker.sock, which is asked about processes in its containers (`docker:` selectors)");
  static final Key<List<Path>> PODMAN =
      Key.listOf(
          "containers.podman.sockets",
          NodeConfigKeys::absolute,
          List.of(),
          "sockets of Podman (`podman system service`), for example /run/podman/podman.sock, likewise");
  static final Key<Optional<Path>> SYSTEM_BUS =
      Key.absentable(
          "systemd.bus",
          NodeConfigKeys::absolute,
          "socket of the system bus, /run/dbus/system_bus_socket, on which systemd is asked for the unit of a process (`systemd:`"
              + " selectors)");
  static final Key<Integer> CONNECTIONS =
      limit("limits.connections", 2000, "open connections on the socket");
  static final Key<Integer> CONNECTIONS_PER_UID =
      limit("limits.connections_per_uid", 1500, "open connections of one user");
  static final Key<Integer> CONNECTIONS_PER_PID =
      limit("limits.connections_per_pid", 50, "open connections of one process");
  static final Key<Integer> STREAMS = limit("limits.streams", 8000, "open calls");
  static final Key<Integer> STREAMS_PER_UID =
      limit("limits.streams_per_uid", 6000, "open calls of one user");
  static final Key<Integer> STREAMS_PER_PID =
      limit("limits.streams_per_pid", 200, "open calls of one process");
  static final Key<Integer> PROCESSES =
      limit("limits.processes", 4000, "processes with a running execution or an open call");
  static final Key<Integer> PROCESSES_PER_UID =
      limit("limits.processes_per_uid", 3000, "such processes of one user");

  static final Key<Integer> CODE_FILES =
      Key.optional(
          "limits.code_files",
          Parsers.integer(1, MOST),
          Integer.toString(CodeLimits.usual().files()),
          "most files and symbolic links in a folder of code that is measured for a launch");
  static final Key<Integer> CODE_MEBIBYTES =
      mebibytes(
          "limits.code_mebibytes", CodeLimits.usual().bytes(), "most content of all its files");
  static final Key<Integer> CODE_FILE_MEBIBYTES =
      mebibytes(
          "limits.code_file_mebibytes",
          CodeLimits.usual().largestFile(),
          "most content of one of its files");
  static final Key<Integer> STORE_MEBIBYTES =
      mebibytes(
          "limits.code_store_mebibytes",
          StoreLimits.usual().bytes(),
          "most content of all copies of code that the node keeps, at least that of one folder");
  static final Key<Integer> STORE_MEBIBYTES_PER_UID =
      mebibytes(
          "limits.code_store_mebibytes_per_uid",
          StoreLimits.usual().bytesPerUser(),
          "of these, in use for one user's programs");

  static final List<Key<?>> ALL =
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
          SYSTEM_BUS,
          CONNECTIONS,
          CONNECTIONS_PER_UID,
          CONNECTIONS_PER_PID,
          STREAMS,
          STREAMS_PER_UID,
          STREAMS_PER_PID,
          PROCESSES,
          PROCESSES_PER_UID,
          CODE_FILES,
          CODE_MEBIBYTES,
          CODE_FILE_MEBIBYTES,
          STORE_MEBIBYTES,
          STORE_MEBIBYTES_PER_UID);

  private NodeConfigKeys() {}

  /// Reads a file; every problem in it is reported together.
  static NodeConfig read(Path file) throws ConfigException {
    ConfigDocument document = ConfigReader.read(file, ALL);
    Path socket = document.resolve(document.get(SOCKET)).toAbsolutePath();
    requireFits(document, socket, SOCKET);
    Optional<NodeConfig.X509Pop> x509pop = x509pop(document);
    Limits limits = limits(document);
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

  private static Limits limits(ConfigDocument document) {
    return new Limits(
        new ConnectionLimits(
            document.get(CONNECTIONS),
            document.get(CONNECTIONS_PER_UID),
            document.get(CONNECTIONS_PER_PID)),
        new Limits.Streams(
            document.get(STREAMS), document.get(STREAMS_PER_UID), document.get(STREAMS_PER_PID)),
        new Limits.Processes(document.get(PROCESSES), document.get(PROCESSES_PER_UID)),
        code(document));
  }

  private static Limits.Code code(ConfigDocument document) {
    document.require(
        document.get(STORE_MEBIBYTES) >= document.get(CODE_MEBIBYTES),
        STORE_MEBIBYTES,
        Text.of(
            "%d (expected: at least %s, which is %d)",
            document.get(STORE_MEBIBYTES), CODE_MEBIBYTES.name(), document.get(CODE_MEBIBYTES)));
    CodeLimits one = CodeLimits.usual();
    StoreLimits store = StoreLimits.usual();
    return new Limits.Code(
        new CodeLimits(
            document.get(CODE_FILES),
            bytes(document.get(CODE_MEBIBYTES)),
            bytes(document.get(CODE_FILE_MEBIBYTES)),
            one.depth(),
            one.pathBytes(),
            one.patience()),
        new StoreLimits(
            bytes(document.get(STORE_MEBIBYTES)),
            bytes(document.get(STORE_MEBIBYTES_PER_UID)),
            store.unusedFor(),
            store.atOnce(),
            store.perUser(),
            store.remembered()));
  }

  private static long bytes(int mebibytes) {
    return mebibytes * MEBIBYTE;
  }

  private static Key<Integer> mebibytes(String name, long usual, String meaning) {
    return Key.optional(
        name, Parsers.integer(1, MOST), Long.toString(usual / MEBIBYTE), meaning + ", in MiB");
  }

  private static void requireFits(ConfigDocument document, Path socket, Key<?> key) {
    try {
      UnixSocketPath.check(socket);
    } catch (IllegalArgumentException e) {
      document.require(false, key, String.valueOf(e.getMessage()));
    }
  }

  private static Key<Integer> limit(String name, int usual, String meaning) {
    return Key.optional(
        name, Parsers.integer(1, MOST), Integer.toString(usual), "most " + meaning + " at once");
  }

  /// A place that others make: what a relative path is seen from is none of theirs.
  private static Path absolute(String text) {
    Path path = Parsers.path(text);
    if (!path.isAbsolute()) {
      throw new IllegalArgumentException(
          Text.of("\"%s\" (expected: an absolute path of a socket)", text));
    }
    return UnixSocketPath.check(path);
  }

  private static String mode(String text) {
    try {
      return PosixFilePermissions.toString(PosixFilePermissions.fromString(text));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          Text.of("mode \"%s\" (expected: as ls writes it, for example rw-rw-rw-)", text), e);
    }
  }

  /// No names: what a name leads to is not this file's to say. Nobody else's machine, not even on
  /// the same link: there the kernel knows no user of the other end.
  private static InetSocketAddress loopbackLiteral(String text) {
    InetSocketAddress address = Parsers.hostPort(text);
    try {
      InetAddress ip = InetAddress.ofLiteral(address.getHostString());
      if (ip.isLoopbackAddress() && address.getPort() > 0) {
        return new InetSocketAddress(ip, address.getPort());
      }
    } catch (IllegalArgumentException e) {
      // said below
    }
    throw new IllegalArgumentException(
        Text.of(
            "\"%s\" (expected: a literal address of the loopback interface and a port, for example 127.0.0.1:8089 or [::1]:8089)",
            text));
  }

  private static InetSocketAddress loopback(String text) {
    InetSocketAddress address = Parsers.hostPort(text);
    var resolved = new InetSocketAddress(address.getHostString(), address.getPort());
    if (resolved.isUnresolved() || !resolved.getAddress().isLoopbackAddress()) {
      throw new IllegalArgumentException(
          Text.of("\"%s\" (expected: a loopback address, for example 127.0.0.1:9464)", text));
    }
    return resolved;
  }
}
