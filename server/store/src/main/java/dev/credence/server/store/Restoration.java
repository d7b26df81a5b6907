package dev.credence.server.store;

import dev.credence.certs.Id;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.NewEvent;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.port.StoreException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Makes a database that was brought back from a backup fit to serve again, while no server uses
/// it: it gets a new epoch, so that everybody who holds a cursor begins anew; takes over what was
/// decided after the backup ([LaterDecisions]); its join tokens are void; what ran is ended. All in
/// one transaction, with events.
public final class Restoration {
  /// The reason of the executions that end by it.
  public static final String REASON = "server-restored";

  // Events that may have been lost: more than any server writes.
  private static final long LOST_PER_SECOND = 10_000;
  private static final long LOST_AT_LEAST = 1_000_000;

  private static final String RUNNING =
      "SELECT id FROM execution WHERE ended_at_ns IS NULL ORDER BY seq";

  private static final String VOID_ENROLLMENT_TOKENS =
      """
      UPDATE administrator SET token_digest = NULL, token_expires_at_ns = NULL, token_key = NULL
      WHERE token_digest IS NOT NULL\
      """;

  private final Instant now;
  private final Actor actor;
  private final Map<String, String> about;

  /// @param actor who restores
  /// @param about further details for the event
  public Restoration(Instant now, Actor actor, Map<String, String> about) {
    this.now = now;
    this.actor = actor;
    this.about = Map.copyOf(about);
  }

  /// What became of it.
  ///
  /// @param details by name, as they stand in the event
  public record Report(Id epoch, String trustDomain, Map<String, String> details) {
    /// Sorted, unmodifiable.
    public Report {
      details = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(details));
    }
  }

  /// Works on `restored`, and reads `replaced`; both are of the newest version.
  Report run(Connection restored, Dialect dialect, Optional<Connection> replaced)
      throws SQLException {
    SqlConnection to = new SqlConnection(restored);
    to.execute(dialect.beginWrite());
    to.claim();
    Report report = inTransaction(restored, to, replaced);
    to.release();
    to.execute(dialect.commit());
    return report;
  }

  private Report inTransaction(Connection restored, SqlConnection to, Optional<Connection> replaced)
      throws SQLException {
    var events = new SqlEvents(to);
    var meta = new SqlMeta(to);
    requireSame(meta, replaced);
    Map<String, String> details = new TreeMap<>(about);
    details.put("old-epoch", meta.epoch().toString());
    details.put("events-in-backup", Long.toString(events.last()));
    List<byte[]> suspended = List.of();
    if (replaced.isPresent()) {
      var taken = take(restored, replaced.get());
      suspended = taken.suspendedNodes();
      describe(taken, details);
    }
    long skipped = replaced.isPresent() ? 0 : lost(to);
    details.put("later-bans", replaced.isPresent() ? "taken-over" : "lost");
    details.put("events-skipped", Long.toString(skipped));
    if (replaced.isEmpty()) {
      details.put("key-decisions-forgotten", Integer.toString(forgetKeyDecisions(to)));
    }
    List<Id> running = beginAnew(to, details, replaced.isPresent());
    events.append(
        new NewEvent(EventKind.SERVER_RESTORED, actor, About.nothing(), details, Optional.empty()),
        now,
        skipped + 1);
    end(to, events, running);
    suspend(events, suspended);
    return new Report(meta.epoch(), meta.trustDomain().orElse(""), details);
  }

  /// Tokens are void, answers forgotten, the epoch is another one.
  ///
  /// @return what still runs
  private static List<Id> beginAnew(SqlConnection to, Map<String, String> details, boolean later) {
    details.put("tokens-void", Integer.toString(voidTokens(to)));
    to.sql("DELETE FROM answer").run();
    List<Id> running = to.sql(RUNNING).all(SqlRow::id);
    details.put("executions-ended", Integer.toString(running.size()));
    Id epoch = Id.random(new SecureRandom());
    // Nodes take no bundle that is older than the one that they have.
    to.sql("UPDATE meta SET epoch = ?, bundle_sequence = bundle_sequence + ?")
        .id(epoch)
        .number(later ? 1 : LOST_AT_LEAST)
        .run();
    details.put("epoch", epoch.toString());
    return running;
  }

  // Which key a node got since is not known. With a decision for the one that the backup knows,
  // whoever has that one would go on, and the newer one would be refused; without it, the first use
  // of another key suspends the node, and an administrator decides.
  private static int forgetKeyDecisions(SqlConnection to) {
    return to.sql("UPDATE node SET decided_key = NULL WHERE decided_key IS NOT NULL").run();
  }

  private static void requireSame(SqlMeta meta, Optional<Connection> replaced) {
    if (replaced.isEmpty()) {
      return;
    }
    SqlConnection from = new SqlConnection(replaced.get());
    from.claim();
    Optional<String> other = new SqlMeta(from).trustDomain();
    Optional<String> own = meta.trustDomain();
    if (other.isPresent() && !other.equals(own)) {
      throw new StoreException(
          StoreException.Outcome.NOTHING_WRITTEN,
          "the database that is replaced is of trust domain "
              + other.get()
              + " (expected: "
              + own.orElse("")
              + ", as in the backup)",
          new IllegalStateException("another trust domain"));
    }
  }

  private LaterDecisions.Taken take(Connection restored, Connection replaced) throws SQLException {
    return new LaterDecisions(new TableRows(replaced, restored), Times.nanos(now)).take();
  }

  private static void describe(LaterDecisions.Taken taken, Map<String, String> details) {
    details.put("states-stricter", Integer.toString(taken.changedStates()));
    details.put("came-later-suspended", Integer.toString(taken.added()));
    details.put("owners-moved", Integer.toString(taken.moved()));
    details.put("set-members", Integer.toString(taken.setMembers()));
    details.put("spent-names", Integer.toString(taken.spentNames()));
    details.put("bars", Integer.toString(taken.bars()));
    details.put("certificates", Integer.toString(taken.certificates()));
    details.put("events", Integer.toString(taken.events()));
  }

  /// How many numbers of events are left out, since others may have seen them.
  private long lost(SqlConnection to) {
    Instant newest =
        to.sql("SELECT at_ns FROM event ORDER BY number DESC LIMIT 1")
            .one(SqlRow::time)
            .orElse(now);
    long seconds = Math.max(0, Duration.between(newest, now).toSeconds());
    return Math.max(LOST_AT_LEAST, Math.multiplyExact(seconds, LOST_PER_SECOND));
  }

  // As expired long ago, whatever the clock says then.
  private static int voidTokens(SqlConnection to) {
    return to.sql("UPDATE join_token SET expires_at_ns = 0 WHERE expires_at_ns <> 0").run()
        + to.sql(VOID_ENROLLMENT_TOKENS).run();
  }

  private void end(SqlConnection to, SqlEvents events, List<Id> running) {
    var executions = new SqlExecutions(to);
    for (Id id : running) {
      Execution execution = executions.find(id).orElseThrow();
      executions.update(execution.ended(new Execution.End(now, REASON)));
      events.append(
          new NewEvent(
              EventKind.EXECUTION_ENDED,
              actor,
              new About(
                  Optional.empty(),
                  Optional.of(execution.host().subjectId()),
                  Optional.of(execution.host().nodeId()),
                  Optional.of(id)),
              Map.of("reason", REASON),
              Optional.empty()),
          now);
    }
  }

  private void suspend(SqlEvents events, List<byte[]> nodes) {
    for (byte[] node : nodes) {
      events.append(
          new NewEvent(
              EventKind.NODE_SUSPENDED,
              actor,
              About.node(Id.fromBytes(node)),
              Map.of(
                  "reason",
                  "it joined after the backup that was restored",
                  "was",
                  "active",
                  "executions",
                  "0"),
              Optional.empty()),
          now);
    }
  }
}
