package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.certs.issue.Authority;
import dev.credence.server.core.model.AuthorityKind;
import dev.credence.server.core.model.AuthorityRecord;
import dev.credence.server.core.model.PublishedCrl;
import dev.credence.server.core.port.View;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts the revocation lists of this server's authorities into the database, so that any server can
/// hand them out, also when this one is gone: soon after a forced end, and in time before the last
/// one is of no use any more. Thread-safe.
final class CrlExchange {
  private static final Logger LOG = LoggerFactory.getLogger(CrlExchange.class);

  /// How often [#run()] is meant to run.
  static final Duration CHECK_EVERY = Duration.ofSeconds(10);

  /// Forced ends may come by the thousand, and a list has a place for all of them.
  private static final Duration AT_LEAST = Duration.ofSeconds(30);

  private static final Duration AT_MOST = Duration.ofMinutes(20);

  private final Database database;
  private final Trust trust;
  private final RevocationLists lists;

  CrlExchange(Database database, Trust trust, RevocationLists lists) {
    this.database = database;
    this.trust = trust;
    this.lists = lists;
  }

  /// Never throws: the next run tries again.
  void run() {
    try {
      for (AuthorityRecord own : trust.own()) {
        Optional<Authority> key = trust.held(own.id());
        if (own.kind() == AuthorityKind.X509
            && key.isPresent()
            && database.read(view -> isDue(view, own.id()))) {
          publish(lists.publishable(key.get()));
        }
      }
    } catch (ServerException | RuntimeException e) {
      LOG.atWarn().setCause(e).log("revocation lists are not published yet");
    }
  }

  private boolean isDue(View view, Id authority) {
    Optional<PublishedCrl> last = view.servers().crl(authority);
    if (last.isEmpty()) {
      return true;
    }
    Instant now = database.now();
    boolean changed = view.revoked().last() != last.get().log();
    return !now.isBefore(last.get().at().plus(changed ? AT_LEAST : AT_MOST));
  }

  private void publish(PublishedCrl list) throws ServerException {
    boolean _ =
        database.write(tx -> {
          tx.servers().publish(list);
          return true;
        });
  }
}
