package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.certs.issue.Authority;
import dev.credence.certs.issue.RevocationList;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.AuthorityKind;
import dev.credence.server.core.model.AuthorityRecord;
import dev.credence.server.core.model.PublishedCrl;
import dev.credence.server.core.model.RevokedCertificate;
import dev.credence.server.core.port.View;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The certificate revocation lists of the authorities. They list forced ends only, not those that
/// have expired. For its own authorities this server makes them when somebody asks: anew after a
/// further forced end, and each minute. Those of other servers it hands out as they last published
/// them. Thread-safe.
///
/// Every list has the serials of all authorities: a serial is random and never used twice, so it
/// says nothing wrong about another one's certificates.
public final class RevocationLists {
  private static final Logger LOG = LoggerFactory.getLogger(RevocationLists.class);

  /// How old an answer may be.
  public static final Duration REFRESH = Duration.ofMinutes(1);

  /// Until when whoever cannot reach us may go on with one.
  public static final Duration USABLE = Duration.ofHours(1);

  /// At most this many bytes.
  public static final int LARGEST = 1 << 20;

  // A serial of 16 bytes and a date are 37 bytes at most; the frame and the signature are less than
  // the rest.
  static final int MOST_ENTRIES = 28_000;

  /// Places that are the nodes' own: whatever executions end, a banned node's SVID is listed. The
  /// other places are those of executions and administrators: however often nodes get and lose a
  /// key, they are listed. What the one side does not need the other may have.
  static final int OF_NODES = 4_000;

  private final Database database;
  private final Function<Id, Optional<Authority>> authorities;
  private final Map<Id, Making> makings = new ConcurrentHashMap<>();

  private static final class Made {
    private final byte[] der;
    private final long log;
    private final Instant at;

    Made(byte[] der, long log, Instant at) {
      this.der = der;
      this.log = log;
      this.at = at;
    }

    boolean isWithin(Duration age, Instant now) {
      return !now.isBefore(at) && now.isBefore(at.plus(age));
    }
  }

  /// What one authority has made, and tried to.
  private static final class Making {
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicInteger failures = new AtomicInteger();
    private volatile @Nullable Made made;
    private volatile @Nullable Failed failed;

    private record Failed(ServerException why, Instant at) {}

    /// While the database cannot be written nothing is revoked either: one that is older than it
    /// should be is as good.
    Optional<Made> newest(long log, Instant now) {
      return Optional.ofNullable(made)
          .filter(it -> it.log == log && it.isWithin(USABLE.dividedBy(2), now));
    }

    boolean failedWithin(Duration age, Instant now) {
      Failed last = failed;
      return last != null && !now.isBefore(last.at) && now.isBefore(last.at.plus(age));
    }

    ServerException failure() {
      Failed last = failed;
      return last == null
          ? new ServerException(
              Kind.UNAVAILABLE, "the list could not be made (expected: later again)")
          : last.why;
    }

    void failed(ServerException why, Instant at) {
      failed = new Failed(why, at);
      failures.incrementAndGet();
    }

    void succeeded(Made next) {
      made = next;
      failed = null;
    }
  }

  /// @param authorities those whose keys this server holds
  RevocationLists(Database database, Function<Id, Optional<Authority>> authorities) {
    this.database = database;
    this.authorities = authorities;
  }

  /// The list of that authority, as DER; empty: it is in no bundle. Errors: UNAVAILABLE (also: it
  /// is another server's, which has published none that is still of use).
  public Optional<byte[]> of(Id authority) throws ServerException {
    Optional<Authority> known = authorities.apply(authority);
    return known.isPresent()
        ? Optional.of(current(known.get()).der.clone())
        : database.read(view -> published(view, authority));
  }

  private Optional<byte[]> published(View view, Id id) throws ServerException {
    Optional<AuthorityRecord> foreign =
        view.authorities()
            .find(id)
            .filter(it -> it.kind() == AuthorityKind.X509 && it.state().isTrusted());
    if (foreign.isEmpty()) {
      return Optional.empty();
    }
    Optional<PublishedCrl> list =
        view.servers().crl(id).filter(it -> it.usableUntil().isAfter(database.now()));
    if (list.isEmpty()) {
      throw new ServerException(
          Kind.UNAVAILABLE,
          Texts.format(
              "authority %s: its list is signed by server %s, which has published none in the last %d minutes"
                  + " (expected: asked there)",
              id, foreign.get().server(), USABLE.toMinutes()));
    }
    return Optional.of(list.get().der());
  }

  /// The newest list of an authority of this server, for the other servers.
  PublishedCrl publishable(Authority authority) throws ServerException {
    Made newest = current(authority);
    return new PublishedCrl(
        authority.id(), newest.der, newest.log, newest.at, newest.at.plus(USABLE));
  }

  private Made current(Authority authority) throws ServerException {
    Making making = makings.computeIfAbsent(authority.id(), _ -> new Making());
    int failures = making.failures.get();
    Instant now = database.now();
    long log = database.read(view -> view.revoked().last());
    Optional<Made> newest = making.newest(log, now);
    if (newest.filter(it -> it.isWithin(REFRESH, now)).isPresent()) {
      return newest.get();
    }
    // Where one is there that is good, nobody waits for the database to take the number of the
    // next, which can be long: not behind another one who does, and each at most once in REFRESH.
    if (newest.isPresent() && (making.failedWithin(REFRESH, now) || making.lock.isLocked())) {
      return newest.get();
    }
    making.lock.lock();
    try {
      if (making.failures.get() != failures) {
        return making.newest(log, now).orElseThrow(making::failure);
      }
      return made(authority, making, now);
    } finally {
      making.lock.unlock();
    }
  }

  /// Anew, unless somebody did while we waited.
  private Made made(Authority authority, Making making, Instant now) throws ServerException {
    long log = database.read(view -> view.revoked().last());
    Optional<Made> newest = making.newest(log, now);
    if (newest.filter(it -> it.isWithin(REFRESH, now)).isPresent()) {
      return newest.get();
    }
    List<RevokedCertificate> revoked = database.read(view -> shares(view, now));
    long number;
    try {
      number = number(now);
    } catch (ServerException e) {
      making.failed(e, now);
      return newest.orElseThrow(() -> e);
    }
    var next = new Made(authority.sign(list(revoked, number, now)), log, now);
    making.succeeded(next);
    return next;
  }

  /// It rises from list to list: it is kept in the database. Milliseconds at least, so that it also
  /// rises where the database was brought back from a backup.
  private long number(Instant now) throws ServerException {
    return database.write(tx -> tx.meta().nextCrlNumber(now.toEpochMilli()));
  }

  private static List<RevokedCertificate> shares(View view, Instant now) {
    List<RevokedCertificate> others = view.revoked().unexpired(now, MOST_ENTRIES + 1);
    List<RevokedCertificate> nodes = view.revoked().unexpiredOfNodes(now, MOST_ENTRIES + 1);
    int ofNodes = Math.min(nodes.size(), Math.max(OF_NODES, MOST_ENTRIES - others.size()));
    int ofOthers = Math.min(others.size(), MOST_ENTRIES - ofNodes);
    if (ofNodes < nodes.size() || ofOthers < others.size()) {
      LOG.atError()
          .addKeyValue("most", MOST_ENTRIES)
          .addKeyValue("of_nodes", OF_NODES)
          .log("the CRL is full: of each share, what expires first is left out");
    }
    List<RevokedCertificate> listed = new ArrayList<>(others.subList(0, ofOthers));
    listed.addAll(nodes.subList(0, ofNodes));
    return listed;
  }

  private static RevocationList list(List<RevokedCertificate> revoked, long number, Instant now) {
    return new RevocationList(
        number,
        now,
        now.plus(USABLE),
        revoked.stream().map(it -> new RevocationList.Entry(it.serial(), it.at())).toList());
  }
}
