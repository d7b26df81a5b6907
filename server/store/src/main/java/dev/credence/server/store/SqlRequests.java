package dev.credence.server.store;

import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.port.Requests;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/// The table `answer`.
final class SqlRequests implements Requests {
  private static final String INSERT =
      "INSERT INTO answer (actor, request_id, fingerprint, answer, at_ns) VALUES (?, ?, ?, ?, ?)";

  private static final String IS_THERE = "SELECT 1 FROM answer WHERE actor = ? AND request_id = ?";

  private static final String FIND =
      """
      SELECT actor, request_id, fingerprint, answer, at_ns
      FROM answer WHERE actor = ? AND request_id = ?\
      """;

  private static final String DELETE =
      """
      DELETE FROM answer WHERE (at_ns < ? OR at_ns > ?)
        AND seq IN (SELECT seq FROM answer ORDER BY seq LIMIT ?)\
      """;

  private final SqlConnection connection;

  SqlRequests(SqlConnection connection) {
    this.connection = connection;
  }

  @Override
  public void remember(Answer answer) {
    connection
        .keeping(INSERT)
        .text(answer.actor())
        .id(answer.id().value())
        .digest(answer.fingerprint())
        .bytes(answer.answer().copy())
        .time(answer.at())
        .run();
  }

  @Override
  public void forget(Instant before, Instant after, int limit) {
    connection.keeping(DELETE).time(before).time(after).number(limit).run();
  }

  @Override
  public Optional<Answer> find(String actor, RequestId id) {
    if (!connection.sql(IS_THERE).text(actor).id(id.value()).any()) {
      return Optional.empty();
    }
    return connection.sql(FIND).text(actor).id(id.value()).one(SqlRequests::answer);
  }

  private static Answer answer(SqlRow row) throws SQLException {
    return new Answer(
        row.text(), new RequestId(row.id()), row.digest(), new Bytes(row.bytes()), row.time());
  }
}
