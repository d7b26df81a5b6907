package dev.credence.server.store;

import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import dev.credence.server.core.model.CertificateRecord;
import dev.credence.server.core.model.RevokedCertificate;
import dev.credence.server.core.port.Revoked;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// The table `revoked`.
final class SqlRevoked implements Revoked {
  private static final String ADD =
      """
      INSERT INTO revoked (number, serial, revoked_at_ns, not_after_ns, of_node)
      SELECT (SELECT coalesce(max(number), 0) + 1 FROM revoked), ?, ?, ?, ?
      WHERE NOT EXISTS (SELECT 1 FROM revoked WHERE serial = ?)\
      """;

  // The newest stays: numbers rise from it.
  private static final String PRUNE =
      """
      DELETE FROM revoked WHERE number IN (
        SELECT number FROM revoked WHERE not_after_ns < ? ORDER BY not_after_ns LIMIT 64)
        AND number < (SELECT max(number) FROM revoked)\
      """;

  private static final Duration KEPT = Duration.ofDays(7);

  private static final String UNEXPIRED =
      """
      SELECT serial, revoked_at_ns, not_after_ns, of_node FROM revoked
      WHERE of_node = ? AND not_after_ns > ? ORDER BY not_after_ns DESC, number LIMIT ?\
      """;

  private static final String LAST = "SELECT coalesce(max(number), 0) FROM revoked";

  private static final String HELD_BY =
      """
      SELECT c.serial, c.spki, e.id, c.node_id, c.not_before_ns, c.not_after_ns, c.authority_id
      FROM certificate c JOIN execution e ON e.seq = c.execution_seq
      WHERE e.id = ? AND c.not_after_ns > ? ORDER BY c.seq\
      """;

  private static final String HELD_BY_NODE =
      """
      SELECT c.serial, c.spki, e.id, c.node_id, c.not_before_ns, c.not_after_ns, c.authority_id
      FROM certificate c LEFT JOIN execution e ON e.seq = c.execution_seq
      WHERE c.spki = ? AND c.execution_seq IS NULL AND c.not_after_ns > ? ORDER BY c.seq\
      """;

  // CROSS JOIN: SQLite goes from the executions to their certificates, never the other way.
  private static final String ENDED =
      """
      SELECT c.serial, c.spki, e.id, c.node_id, c.not_before_ns, c.not_after_ns, c.authority_id
      FROM execution e CROSS JOIN certificate c
      WHERE c.execution_seq = e.seq AND\
      """;

  private static final String STILL_VALID =
      " AND e.ended_at_ns >= ? AND c.not_after_ns > ?"
          + " ORDER BY c.not_after_ns DESC, c.seq LIMIT ?";

  private static final String ENDED_ON = ENDED + " e.node_id = ?" + STILL_VALID;
  private static final String ENDED_ON_OF =
      ENDED + " e.node_id = ? AND e.subject_id = ?" + STILL_VALID;
  private static final String ENDED_AS =
      ENDED
          + " e.node_id = ? AND e.uid = ?"
          + " AND (SELECT r.by_registrar FROM registration r WHERE r.id = e.registration_id) = 1"
          + STILL_VALID;
  private static final String ENDED_OF = ENDED + " e.subject_id = ?" + STILL_VALID;

  private final SqlConnection connection;

  SqlRevoked(SqlConnection connection) {
    this.connection = connection;
  }

  @Override
  public void add(RevokedCertificate certificate) {
    connection
        .sql(ADD)
        .text(certificate.serial())
        .time(certificate.at())
        .time(certificate.notAfter())
        .number(certificate.ofNode() ? 1 : 0)
        .text(certificate.serial())
        .run();
    connection.sql(PRUNE).time(certificate.at().minus(KEPT)).run();
  }

  @Override
  public List<RevokedCertificate> unexpired(Instant at, int limit) {
    return unexpired(0, at, limit);
  }

  @Override
  public List<RevokedCertificate> unexpiredOfNodes(Instant at, int limit) {
    return unexpired(1, at, limit);
  }

  private List<RevokedCertificate> unexpired(int ofNode, Instant at, int limit) {
    return connection
        .sql(UNEXPIRED)
        .number(ofNode)
        .time(at)
        .number(limit)
        .all(row -> new RevokedCertificate(row.text(), row.time(), row.time(), row.number() == 1));
  }

  @Override
  public long last() {
    return connection.sql(LAST).only(SqlRow::number);
  }

  @Override
  public List<CertificateRecord> heldBy(Id execution, Instant at) {
    return connection.sql(HELD_BY).id(execution).time(at).all(SqlCertificates::certificate);
  }

  @Override
  public List<CertificateRecord> endedOn(Id node, Ended ended) {
    return ended(connection.sql(ENDED_ON).id(node), ended);
  }

  @Override
  public List<CertificateRecord> endedOn(Id node, Id subject, Ended ended) {
    return ended(connection.sql(ENDED_ON_OF).id(node).id(subject), ended);
  }

  @Override
  public List<CertificateRecord> endedAs(Id node, int uid, Ended ended) {
    return ended(connection.sql(ENDED_AS).id(node).number(uid), ended);
  }

  @Override
  public List<CertificateRecord> endedOf(Id subject, Ended ended) {
    return ended(connection.sql(ENDED_OF).id(subject), ended);
  }

  private static List<CertificateRecord> ended(SqlStatement statement, Ended ended) {
    return statement
        .time(ended.since())
        .time(ended.at())
        .number(ended.limit())
        .all(SqlCertificates::certificate);
  }

  @Override
  public List<CertificateRecord> heldByNode(Sha256 key, Instant at) {
    return connection.sql(HELD_BY_NODE).digest(key).time(at).all(SqlCertificates::certificate);
  }
}
