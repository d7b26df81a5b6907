package dev.credence.server.core;

import dev.credence.attestors.join.ServerAddress;
import dev.credence.certs.Id;
import dev.credence.server.core.model.NodeLink;
import dev.credence.server.core.model.ServerRecord;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The servers of one database, as they know of each other: each says now and then that it runs. So
/// it is known which nodes are connected to whom, and whose authorities nobody signs with any more.
/// Thread-safe.
final class ServerPresence {
  private static final Logger LOG = LoggerFactory.getLogger(ServerPresence.class);
  static final Duration BEAT_EVERY = Duration.ofSeconds(10);

  /// So far may the clocks of two servers be apart: each is believed while it is within
  /// [ClockGuard#TOLERANCE] of the database's.
  static final Duration CLOCKS_APART = ClockGuard.TOLERANCE.multipliedBy(2);

  /// One that said nothing for so long does not run. It said so by its own clock, which may be
  /// behind the one that looks.
  static final Duration SILENT = CLOCKS_APART.plus(BEAT_EVERY.multipliedBy(6));

  private final Id id;
  private final Id startId;
  private final boolean shared;
  private volatile Supplier<String> address = () -> "";

  /// @param id this server's
  /// @param startId random, of this start
  /// @param shared other servers may use the same database
  ServerPresence(Id id, Id startId, boolean shared) {
    this.id = id;
    this.startId = startId;
    this.shared = shared;
  }

  /// This server's.
  Id id() {
    return id;
  }

  boolean isShared() {
    return shared;
  }

  /// How far a time that another server stored may be behind what it would be here.
  Duration clocksApart() {
    return shared ? CLOCKS_APART : Duration.ZERO;
  }

  /// This server starts. Streams that it had are over.
  void begin(Transaction tx, Instant now) {
    tx.servers().begin(new ServerRecord(id, startId, "", now, now));
  }

  /// From now on nodes can connect.
  void announce(Supplier<String> where) {
    address = where;
  }

  /// @return false: another program runs under this server's id, and began later
  private boolean beat(Database database, Instant seenAt) throws ServerException {
    String where = address.get();
    return database.write(tx -> {
      Optional<ServerRecord> own = find(tx, id);
      if (own.isEmpty() || !own.get().startId().equals(startId)) {
        return false;
      }
      tx.servers().update(new ServerRecord(id, startId, where, own.get().startedAt(), seenAt));
      return true;
    });
  }

  /// Says that this server runs. Never throws: the next run tries again.
  ///
  /// @param superseded run if this server's id is in use by another program
  void beat(Database database, Runnable superseded) {
    try {
      if (shared && !beat(database, database.now())) {
        LOG.atError()
            .addKeyValue("server", id)
            .log(
                "another server runs under this one's id: its data_dir is a copy of this one's; nothing is answered"
                    + " here any more (give each server a data_dir of its own)");
        superseded.run();
      }
    } catch (ServerException e) {
      LOG.atDebug().setCause(e).log("not said that this server runs");
    }
  }

  private static Optional<ServerRecord> find(View view, Id server) {
    return view.servers().all().stream().filter(each -> each.id().equals(server)).findFirst();
  }

  /// Those that run, this one among them.
  List<ServerRecord> running(View view, Instant now) {
    return view.servers().all().stream().filter(each -> runs(each, now)).toList();
  }

  private boolean runs(ServerRecord server, Instant now) {
    return server.id().equals(id) || saidSo(server, now);
  }

  private static boolean saidSo(ServerRecord server, Instant now) {
    return server.seenAt().plus(SILENT).isAfter(now);
  }

  boolean runs(View view, Id server, Instant now) {
    return running(view, now).stream().anyMatch(each -> each.id().equals(server));
  }

  /// True if any server of the database ran a moment ago, as far as one can tell that is none of
  /// them.
  ///
  /// @param now by the database's clock, which that of a server is near to
  static boolean anyRuns(View view, Instant now) {
    Instant since = now.minus(ClockGuard.TOLERANCE).minus(BEAT_EVERY.multipliedBy(2));
    return view.servers().all().stream().anyMatch(each -> each.seenAt().isAfter(since));
  }

  /// This server stops. Never throws: the others see it by its silence.
  void leave(Database database) {
    try {
      boolean _ = shared && beat(database, Instant.EPOCH);
    } catch (ServerException e) {
      LOG.atDebug().setCause(e).log("not said that this server stops");
    }
  }

  /// Since when without a break nodes could be heard.
  Instant servingSince(View view, Instant now) {
    return running(view, now).stream()
        .map(ServerRecord::startedAt)
        .min(Comparator.naturalOrder())
        .orElse(now);
  }

  /// The nodes with an open stream to a server that runs.
  Set<Id> connected(View view, Instant now) {
    Set<Id> running =
        running(view, now).stream().map(ServerRecord::id).collect(Collectors.toUnmodifiableSet());
    return view.servers().links().stream()
        .filter(link -> link.open() && running.contains(link.server()))
        .map(NodeLink::node)
        .collect(Collectors.toUnmodifiableSet());
  }

  /// Which running server has an open stream of that node.
  Optional<Id> serverOf(View view, Id node, Instant now) {
    return view.servers()
        .link(node)
        .filter(link -> link.open() && runs(view, link.server(), now))
        .map(NodeLink::server);
  }

  /// True if another server hears that node.
  boolean isElsewhere(View view, Id node, Instant now) {
    return serverOf(view, node, now).filter(server -> !server.equals(id)).isPresent();
  }

  /// Where the other servers of the database are, as they say: the ones that run.
  List<ServerAddress> otherAddresses(View view, Instant now) {
    return running(view, now).stream()
        .filter(server -> !server.id().equals(id()) && !server.address().isEmpty())
        .map(server -> ServerAddress.parse(server.address()))
        .toList();
  }
}
