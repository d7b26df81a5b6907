package dev.credence.server.app;

import dev.credence.certs.TrustDomain;
import dev.credence.certs.issue.RevocationPoint;
import dev.credence.platform.config.Durations;
import dev.credence.platform.config.Key;
import dev.credence.platform.config.Parsers;
import dev.credence.platform.logging.LogFormat;
import dev.credence.platform.logging.LogLevel;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Every key of the server's configuration file. docs/reference/server-config.md shows the same,
/// which a test checks.
public final class ServerKeys {
  static final Key<TrustDomain> TRUST_DOMAIN =
      Key.required(
          "trust_domain",
          TrustDomain::parse,
          "Name of the trust domain, the first part of every SPIFFE ID that is issued. It cannot be"
              + " changed later.");
  static final Key<Path> DATA_DIR =
      Key.required(
          "data_dir",
          Parsers::path,
          "Folder for everything that the server keeps: database, authority key. Created with mode"
              + " 0700.");
  static final Key<InetSocketAddress> LISTEN =
      Key.optional(
          "listen",
          Parsers::hostPort,
          "127.0.0.1:8443",
          "HOST:PORT where nodes connect, TLS 1.3. Port 0 takes a free one.");
  static final Key<Optional<InetSocketAddress>> PUBLIC_ADDRESS =
      Key.absentable(
          "public_address",
          Parsers::hostPort,
          "HOST:PORT that join tokens tell nodes to connect to, if it isn't `listen`. Needed where"
              + " `listen` is a wildcard such as 0.0.0.0.");
  static final Key<Optional<Path>> X509POP_CA_FILE =
      Key.absentable(
          "node_attestors.x509pop.ca_file",
          Parsers::path,
          "File with PEM certificates of authorities: a machine that holds the key of a certificate"
              + " below one of them joins as a node without a token. Unset: nobody does.");
  static final Key<Path> ADMIN_SOCKET =
      Key.optional(
          "admin.socket",
          Parsers::path,
          "admin.sock",
          "The administrator's socket; a relative path is inside `data_dir`. At most 107 bytes.");
  static final Key<List<Integer>> ADMIN_UIDS =
      Key.listOf(
          "admin.uids",
          ServerKeys::uid,
          List.of(),
          "User ids that may administer over the socket. Empty: the server's own, and root. For"
              + " others, `admin.socket` must be in a folder that they can enter.");
  static final Key<Integer> SUBJECTS_PER_OWNER =
      Key.optional(
          "admin.subjects_per_owner",
          Parsers.integer(1, 1_000_000),
          "10000",
          "Agents and services that one owner may have, retired ones not counted; and four times as many"
              + " sets of selectors. Hand-overs are not refused, and what `apply --prune` retires makes room in"
              + " the same file. 1 to 1000000.");
  static final Key<Optional<InetSocketAddress>> METRICS_LISTEN =
      Key.optional(
          "metrics.listen",
          text -> text.equals("off") ? Optional.empty() : Optional.of(Parsers.hostPort(text)),
          "127.0.0.1:0",
          "HOST:PORT of the Prometheus metrics (plain HTTP, /metrics), or `off`. Port 0 takes a free one; the log"
              + " names it.");
  static final Key<Optional<InetSocketAddress>> CRL_LISTEN =
      Key.optional(
          "crl.listen",
          text -> text.equals("off") ? Optional.empty() : Optional.of(Parsers.hostPort(text)),
          "127.0.0.1:0",
          "HOST:PORT of the certificate revocation lists (plain HTTP, /crl/AUTHORITY-ID.crl), or `off`. Port 0 takes a"
              + " free one; the log names it.");
  static final Key<Optional<RevocationPoint>> CRL_URL =
      Key.absentable(
          "crl.url",
          RevocationPoint::parse,
          "`http://HOST[:PORT]/PATH`: each new certificate names PATH/AUTHORITY-ID.crl there as the place of its"
              + " revocation list. It must lead to `crl.listen` for everybody who checks certificates. Without it"
              + " certificates name none.");
  static final Key<LogFormat> LOG_FORMAT =
      Key.optional(
          "log.format", Parsers.oneOf(LogFormat.class), "text", "`text` or `json`; to stderr.");
  static final Key<LogLevel> LOG_LEVEL =
      Key.optional(
          "log.level",
          Parsers.oneOf(LogLevel.class),
          "info",
          "`error`, `warn`, `info` or `debug`.");
  static final Key<Duration> AGENT_TTL =
      Key.optional(
          "svid.agent_ttl",
          Durations.between(Duration.ofMinutes(1), Duration.ofHours(24)),
          "10m",
          "Life of an agent's X.509-SVID, where its registration says nothing. 1m to 24h.");
  static final Key<Duration> SERVICE_TTL =
      Key.optional(
          "svid.service_ttl",
          Durations.between(Duration.ofMinutes(1), Duration.ofDays(7)),
          "1h",
          "The same for services. 1m to 7d.");
  static final Key<Duration> NODE_TTL =
      Key.optional(
          "node.svid_ttl",
          Durations.between(Duration.ofMinutes(5), Duration.ofDays(7)),
          "24h",
          "Life of a node's own SVID. 5m to 7d.");
  static final Key<Duration> NODE_LEASE =
      Key.optional(
          "node.lease",
          Durations.between(Duration.ofMinutes(1), Duration.ofHours(24)),
          "5m",
          "How long a node may be silent until its executions end as `node-lost`. It runs only while the server"
              + " serves. With several servers: up to 2 minutes more, and after the death of the server that it was"
              + " connected to it is looked at after 3 to 5 minutes. 1m to 24h.");
  static final Key<Duration> AUTHORITY_LIFETIME =
      Key.optional(
          "authority.lifetime",
          Durations.between(Duration.ofDays(1), Duration.ofDays(3650)),
          "365d",
          "Life of a new authority. Nothing that it signs outlives it. 1d to 3650d.");
  static final Key<Optional<Duration>> AUTHORITY_ROTATE_AFTER =
      Key.absentable(
          "authority.rotate_after",
          Durations.between(Duration.ofHours(1), Duration.ofDays(3650)),
          "Age at which the next authority takes the place of the active one, less than `authority.lifetime`."
              + " Without it: half of `authority.lifetime`.");
  static final Key<Optional<Duration>> AUTHORITY_DISTRIBUTE =
      Key.absentable(
          "authority.distribute",
          Durations.between(Duration.ofMinutes(1), Duration.ofDays(365)),
          "How long a new authority is in the bundle before it signs by age; a node that is away for longer needs a"
              + " new token. Less than `authority.rotate_after`. Without it: 7d, or a quarter of `authority.lifetime`"
              + " if that is less.");
  static final Key<Boolean> DEV =
      Key.optional(
          "dev",
          Parsers::bool,
          "false",
          "`true`: for trying things out on one machine; a registration without node selectors"
              + " means any node.");

  private ServerKeys() {}

  /// In the order of the reference.
  public static List<Key<?>> all() {
    List<Key<?>> own =
        List.of(
            TRUST_DOMAIN,
            DATA_DIR,
            LISTEN,
            PUBLIC_ADDRESS,
            ADMIN_SOCKET,
            ADMIN_UIDS,
            SUBJECTS_PER_OWNER,
            METRICS_LISTEN,
            CRL_LISTEN,
            CRL_URL,
            LOG_FORMAT,
            LOG_LEVEL,
            AGENT_TTL,
            SERVICE_TTL,
            NODE_TTL,
            NODE_LEASE,
            AUTHORITY_LIFETIME,
            AUTHORITY_ROTATE_AFTER,
            AUTHORITY_DISTRIBUTE,
            X509POP_CA_FILE,
            DEV);
    List<Key<?>> all = new ArrayList<>(own);
    all.addAll(all.indexOf(DEV), StorageKeys.all());
    return List.copyOf(all);
  }

  private static Integer uid(String text) {
    try {
      int uid = Integer.parseUnsignedInt(text);
      if (!text.startsWith("+")) {
        return uid;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(notUid(text), e);
    }
    throw new IllegalArgumentException(notUid(text));
  }

  private static String notUid(String text) {
    return dev.credence.certs.Printable.quoted(text) + " (expected: a numeric user id)";
  }
}
