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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Id, Made> made = new HashMap<>();

  private static final class Made {
    private final byte[] der;
    private final long log;
    private final Instant at;

    Made(byte[] der, long log, Instant at) {
      this.der = der;
      this.log = log;
      this.at = at;
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
    // One at a time: whoever asks while it is made gets the same one.
    lock.lock();
    try {
      Instant now = database.now();
      long log = database.read(view -> view.revoked().last());
      Made before = made.get(authority.id());
      if (before != null
          && before.log == log
          && !now.isBefore(before.at)
          && now.isBefore(before.at.plus(REFRESH))) {
        return before;
      }
      List<RevokedCertificate> revoked = database.read(view -> shares(view, now));
      long number;
      try {
        number = number(now);
      } catch (ServerException e) {
        return stillGood(before, log, now).orElseThrow(() -> e);
      }
      byte[] der = authority.sign(list(revoked, number, now));
      var next = new Made(der, log, now);
      made.put(authority.id(), next);
      return next;
    } finally {
      lock.unlock();
    }
  }

  /// It rises from list to list: it is kept in the database. Milliseconds at least, so that it also
  /// rises where the database was brought back from a backup.
  private long number(Instant now) throws ServerException {
    return database.write(tx -> tx.meta().nextCrlNumber(now.toEpochMilli()));
  }

  /// While the database cannot be written nothing is revoked either.
  private static Optional<Made> stillGood(@Nullable Made before, long log, Instant now) {
    return Optional.ofNullable(before)
        .filter(it -> it.log == log && now.isBefore(it.at.plus(USABLE.dividedBy(2))));
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
          .log("the CRL is full: what expires first is left out");
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
