package dev.credence.server.store;

import dev.credence.certs.Id;
import dev.credence.server.core.model.Bar;
import dev.credence.server.core.model.Page;
import dev.credence.server.core.port.Bars;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The tables `bar` and `bar_uid`. A lifted one never changes again: the update itself refuses.
final class SqlBars implements Bars {
  private static final String COLUMNS =
      """
      id, subject_id, node_id, execution_id, set_at_ns, set_by, set_reason,
      lifted_at_ns, lifted_by, lifted_reason\
      """;

  private static final String INSERT =
      """
      INSERT INTO bar (id, subject_id, node_id, execution_id, set_at_ns, set_by, set_reason)
      VALUES (?, ?, ?, ?, ?, ?, ?)\
      """;

  private static final String LIFT =
      """
      UPDATE bar SET lifted_at_ns = ?, lifted_by = ?, lifted_reason = ?
      WHERE id = ? AND lifted_at_ns IS NULL\
      """;

  private static final String BY_ID = "SELECT " + COLUMNS + " FROM bar WHERE id = ?";

  private static final String IN_FORCE =
      "SELECT "
          + COLUMNS
          + " FROM bar WHERE node_id = ? AND subject_id = ? AND lifted_at_ns IS NULL";

  private static final String IN_FORCE_ON =
      "SELECT " + COLUMNS + " FROM bar WHERE node_id = ? AND lifted_at_ns IS NULL ORDER BY seq";

  private static final String IN_FORCE_FOR =
      "SELECT "
          + COLUMNS
          + " FROM bar WHERE lifted_at_ns IS NULL"
          + " AND id IN (SELECT bar_id FROM bar_uid WHERE node_id = ? AND uid = ?) ORDER BY seq";

  private static final String BIND =
      """
      INSERT INTO bar_uid (bar_id, node_id, uid) SELECT ?, ?, ?
      WHERE NOT EXISTS (SELECT 1 FROM bar_uid WHERE bar_id = ? AND uid = ?)\
      """;

  private static final String PAGE_IN_FORCE =
      "SELECT seq, "
          + COLUMNS
          + " FROM bar WHERE lifted_at_ns IS NULL AND seq > ? ORDER BY seq LIMIT ?";

  private static final String PAGE =
      "SELECT seq, " + COLUMNS + " FROM bar WHERE seq > ? ORDER BY seq LIMIT ?";

  private static final Paging PAGING = new Paging('b');

  private final SqlConnection connection;

  SqlBars(SqlConnection connection) {
    this.connection = connection;
  }

  @Override
  public void insert(Bar bar) {
    connection
        .sql(INSERT)
        .id(bar.id())
        .id(bar.scope().subjectId())
        .id(bar.scope().nodeId())
        .id(bar.scope().executionId())
        .time(bar.set().at())
        .text(bar.set().by())
        .text(bar.set().reason())
        .run();
  }

  @Override
  public void bind(Bar bar, int uid) {
    connection
        .sql(BIND)
        .id(bar.id())
        .id(bar.scope().nodeId())
        .number(uid)
        .id(bar.id())
        .number(uid)
        .run();
  }

  @Override
  public Optional<Bar> inForceFor(Id node, int uid) {
    return connection.sql(IN_FORCE_FOR).id(node).number(uid).one(SqlBars::bar);
  }

  @Override
  public void lift(Bar bar) {
    Bar.Decision lifted =
        bar.lifted()
            .orElseThrow(() -> new IllegalArgumentException("bar " + bar.id() + ": in force"));
    connection
        .sql(LIFT)
        .time(lifted.at())
        .text(lifted.by())
        .text(lifted.reason())
        .id(bar.id())
        .runOnOne("bar " + bar.id() + ": not there, or lifted");
  }

  @Override
  public Optional<Bar> find(Id id) {
    return connection.sql(BY_ID).id(id).one(SqlBars::bar);
  }

  @Override
  public Optional<Bar> inForce(Id node, Id subject) {
    return connection.remember(
        IN_FORCE,
        List.of(node, subject),
        () -> connection.sql(IN_FORCE).id(node).id(subject).one(SqlBars::bar));
  }

  @Override
  public List<Bar> inForceOn(Id node) {
    return connection.sql(IN_FORCE_ON).id(node).all(SqlBars::bar);
  }

  @Override
  public Page<Bar> list(boolean lifted, Page.Request page) {
    return PAGING.page(connection.sql(lifted ? PAGE : PAGE_IN_FORCE), page, SqlBars::bar);
  }

  private static Bar bar(SqlRow row) throws SQLException {
    return new Bar(
        row.id(),
        new Bar.Scope(row.id(), row.id(), row.id()),
        new Bar.Decision(row.time(), row.text(), row.text()),
        lifted(row));
  }

  private static Optional<Bar.Decision> lifted(SqlRow row) throws SQLException {
    Optional<Instant> at = row.maybeTime();
    Optional<String> by = row.maybeText();
    Optional<String> reason = row.maybeText();
    return at.map(when -> new Bar.Decision(when, by.orElse(""), reason.orElse("")));
  }
}
