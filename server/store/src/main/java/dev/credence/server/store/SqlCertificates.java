package dev.credence.server.store;

import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import dev.credence.server.core.model.CertificateRecord;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/// The table `certificate`.
final class SqlCertificates {
  private static final String SELECT =
      """
      SELECT c.serial, c.spki, e.id, c.node_id, c.not_before_ns, c.not_after_ns, c.authority_id
      FROM certificate c LEFT JOIN execution e ON e.seq = c.execution_seq
      """;

  private static final String INSERT =
      """
      INSERT INTO certificate (serial, spki, node_id, not_before_ns, not_after_ns, authority_id)
      VALUES (?, ?, ?, ?, ?, ?)\
      """;

  private static final String INSERT_OF_EXECUTION =
      """
      INSERT INTO certificate (serial, spki, node_id, not_before_ns, not_after_ns, authority_id,
        execution_seq)
      SELECT ?, ?, ?, ?, ?, ?, seq FROM execution WHERE id = ?\
      """;

  /// A workload's key is there at most once; a node's has one certificate per renewal, and the
  /// newest counts. One query for each of the two indexes.
  private static final String OF_WORKLOAD_KEY =
      SELECT + "WHERE c.spki = ? AND c.execution_seq IS NOT NULL";

  private static final String OF_OTHER_KEY =
      SELECT + "WHERE c.spki = ? AND c.execution_seq IS NULL ORDER BY c.seq DESC LIMIT 1";

  private static final String IS_CERTIFIED =
      """
      SELECT CASE WHEN EXISTS (SELECT 1 FROM certificate WHERE spki = ? AND execution_seq IS NOT NULL)
        OR EXISTS (SELECT 1 FROM certificate WHERE spki = ? AND execution_seq IS NULL)
        OR EXISTS (SELECT 1 FROM node WHERE public_key = ?) THEN 1 ELSE 0 END\
      """;

  private static final String NEWEST =
      SELECT
          + "WHERE c.execution_seq = (SELECT seq FROM execution WHERE id = ?) ORDER BY c.seq DESC LIMIT 1";

  private static final String COUNT_VALID =
      """
      SELECT count(*) FROM (
        SELECT c.not_before_ns, c.not_after_ns, c.authority_id FROM certificate c
        WHERE c.execution_seq = (SELECT seq FROM execution WHERE id = ?) ORDER BY c.seq DESC LIMIT ?
      ) newest WHERE newest.not_after_ns > ? AND newest.not_before_ns >= ? AND newest.authority_id = (
        SELECT a.authority_id FROM certificate a
        WHERE a.execution_seq = (SELECT seq FROM execution WHERE id = ?) ORDER BY a.seq DESC LIMIT 1)\
      """;

  private static final String COUNT_VALID_OF_NODE =
      """
      SELECT count(*) FROM (
        SELECT c.seq FROM certificate c WHERE c.node_id = ? AND c.not_after_ns > ? LIMIT ?) valid\
      """;

  private final SqlConnection connection;

  SqlCertificates(SqlConnection connection) {
    this.connection = connection;
  }

  void insert(CertificateRecord certificate) {
    Optional<Id> execution = certificate.holder().execution();
    if (execution.isEmpty()) {
      bind(connection.keeping(INSERT), certificate).run();
    } else {
      bind(connection.keeping(INSERT_OF_EXECUTION), certificate)
          .id(execution.get())
          .runOnOne("execution " + execution.get() + ": not there");
    }
  }

  private static SqlStatement bind(SqlStatement statement, CertificateRecord certificate) {
    return statement
        .text(certificate.serial())
        .digest(certificate.spki())
        .maybeId(certificate.holder().node())
        .time(certificate.notBefore())
        .time(certificate.notAfter())
        .maybeId(certificate.authority());
  }

  Optional<CertificateRecord> ofKey(Sha256 spki) {
    return connection
        .sql(OF_WORKLOAD_KEY)
        .digest(spki)
        .one(SqlCertificates::certificate)
        .or(() -> connection.sql(OF_OTHER_KEY).digest(spki).one(SqlCertificates::certificate));
  }

  int countValid(Id execution, int newest, Instant validAt, Instant since) {
    return Math.toIntExact(
        connection
            .sql(COUNT_VALID)
            .id(execution)
            .number(newest)
            .time(validAt)
            .time(since)
            .id(execution)
            .only(SqlRow::number));
  }

  int countValidOfNode(Id node, int most, Instant validAt) {
    return Math.toIntExact(
        connection
            .sql(COUNT_VALID_OF_NODE)
            .id(node)
            .time(validAt)
            .number(most)
            .only(SqlRow::number));
  }

  boolean isCertified(Sha256 spki) {
    return connection.sql(IS_CERTIFIED).digest(spki).digest(spki).digest(spki).only(SqlRow::number)
        != 0;
  }

  Optional<CertificateRecord> newest(Id execution) {
    return connection.sql(NEWEST).id(execution).one(SqlCertificates::certificate);
  }

  static CertificateRecord certificate(SqlRow row) throws SQLException {
    return new CertificateRecord(
        row.text(),
        row.digest(),
        new CertificateRecord.Holder(row.maybeId(), row.maybeId()),
        row.time(),
        row.time(),
        row.maybeId());
  }
}
