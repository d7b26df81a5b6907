package dev.credence.server.store;

import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import dev.credence.server.core.model.JoinTokenRecord;
import dev.credence.server.core.model.JoinTokenRecord.Origin;
import dev.credence.server.core.model.JoinTokenRecord.Redemption;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/// The table `join_token`. A redemption is final: the update itself refuses a second key, and a
/// void token.
final class SqlJoinTokens {
  private static final String INSERT =
      """
      INSERT INTO join_token (
        labels, expires_at_ns, redeemed_key, redeemed_node_id, secret_digest, made_by, voided_at_ns)
      VALUES (?, ?, ?, ?, ?, ?, ?)\
      """;

  private static final String UPDATE =
      """
      UPDATE join_token SET labels = ?, expires_at_ns = ?, redeemed_key = ?, redeemed_node_id = ?
      WHERE secret_digest = ? AND voided_at_ns IS NULL
        AND (redeemed_key IS NULL OR redeemed_key = ?)\
      """;

  private static final String VOID =
      """
      UPDATE join_token SET voided_at_ns = ?
      WHERE made_by = ? AND expires_at_ns > ? AND redeemed_key IS NULL AND voided_at_ns IS NULL\
      """;

  private static final String FIND =
      """
      SELECT secret_digest, labels, expires_at_ns, redeemed_key, redeemed_node_id,
        made_by, voided_at_ns
      FROM join_token WHERE secret_digest = ?\
      """;

  private final SqlConnection connection;

  SqlJoinTokens(SqlConnection connection) {
    this.connection = connection;
  }

  void insert(JoinTokenRecord token) {
    bind(connection.sql(INSERT), token)
        .text(token.origin().by())
        .maybeTime(token.origin().voidedAt())
        .run();
  }

  void update(JoinTokenRecord token) {
    bind(connection.sql(UPDATE), token)
        .maybeDigest(token.redeemed().map(Redemption::nodeKey))
        .runOnOne(
            "join token " + token.secretDigest() + ": not there, void, or redeemed by another key");
  }

  int voidAll(String by, Instant at) {
    return connection.sql(VOID).time(at).text(by).time(at).run();
  }

  Optional<JoinTokenRecord> find(Sha256 secretDigest) {
    return connection.sql(FIND).digest(secretDigest).one(SqlJoinTokens::token);
  }

  private static SqlStatement bind(SqlStatement statement, JoinTokenRecord token) {
    return statement
        .text(Texts.ofMap(token.labels()))
        .time(token.expiresAt())
        .maybeDigest(token.redeemed().map(Redemption::nodeKey))
        .maybeId(token.redeemed().map(Redemption::nodeId))
        .digest(token.secretDigest());
  }

  private static JoinTokenRecord token(SqlRow row) throws SQLException {
    return new JoinTokenRecord(
        row.digest(),
        Texts.map(row.text()),
        row.time(),
        redemption(row),
        new Origin(row.text(), row.maybeTime()));
  }

  private static Optional<Redemption> redemption(SqlRow row) throws SQLException {
    Optional<Sha256> key = row.maybeDigest();
    Optional<Id> node = row.maybeId();
    return key.flatMap(known -> node.map(other -> new Redemption(known, other)));
  }
}
