package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.model.CertificateRecord;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.Node;
import dev.credence.server.core.model.RevokedCertificate;
import dev.credence.server.core.port.RevokedReads.Ended;
import dev.credence.server.core.port.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Ends an execution by force, inside a transaction: an administrator's revocation, a ban. Its node
/// is told after the commit.
final class ForcedEnd {
  /// No workload's certificate lives longer, whatever is configured.
  static final Duration LONGEST_LIFE = Duration.ofDays(7);

  private final Database database;
  private final ExecutionEnd executionEnd;
  private final NodeNews news;

  ForcedEnd(Database database, ExecutionEnd executionEnd, NodeNews news) {
    this.database = database;
    this.executionEnd = executionEnd;
    this.news = news;
  }

  /// One that has ended already keeps its end. Its certificates that have not expired are revoked.
  void run(Transaction tx, Execution execution, ExecutionEnd.Why why) {
    Instant now = database.now();
    revoke(tx, tx.revoked().heldBy(execution.id(), now), now);
    executionEnd
        .ifRunning(tx, execution.id(), why)
        .ifPresent(ended -> tx.afterCommit(() -> news.ended(ended, why.reason())));
  }

  /// What was issued for executions that have ended on that node, by themselves or because it was
  /// silent: whoever holds it could show it still.
  void endedOn(Transaction tx, Id node) {
    Ended ended = ended();
    revoke(tx, tx.revoked().endedOn(node, ended), ended.at());
  }

  /// The same, of one agent or service there.
  void endedOn(Transaction tx, Id node, Id subject) {
    Ended ended = ended();
    revoke(tx, tx.revoked().endedOn(node, subject, ended), ended.at());
  }

  /// The same, of processes of that uid there, through what a registrar registered.
  void endedAs(Transaction tx, Id node, int uid) {
    Ended ended = ended();
    revoke(tx, tx.revoked().endedAs(node, uid, ended), ended.at());
  }

  /// The same, of an agent or service on all nodes.
  void endedOf(Transaction tx, Id subject) {
    Ended ended = ended();
    revoke(tx, tx.revoked().endedOf(subject, ended), ended.at());
  }

  private Ended ended() {
    Instant now = database.now();
    return new Ended(now.minus(LONGEST_LIFE), now, RevocationLists.MOST_ENTRIES);
  }

  /// What the node shows itself.
  void node(Transaction tx, Node node) {
    Instant now = database.now();
    revoke(tx, tx.revoked().heldByNode(node.key(), now), now);
  }

  private static void revoke(Transaction tx, List<CertificateRecord> held, Instant now) {
    held.forEach(certificate ->
        tx.revoked()
            .add(
                new RevokedCertificate(
                    certificate.serial(),
                    now,
                    certificate.notAfter(),
                    certificate.holder().node().isPresent())));
  }
}
