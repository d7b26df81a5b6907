package dev.credence.server.store;

import dev.credence.attestors.Selector;
import dev.credence.certs.Id;
import dev.credence.server.core.model.Page;
import dev.credence.server.core.model.UnregisteredSum;
import dev.credence.server.core.model.UnregisteredSum.Newest;
import dev.credence.server.core.model.UnregisteredSum.Tally;
import dev.credence.server.core.model.UnregisteredSum.User;
import dev.credence.server.core.port.Inventory;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// The table `unregistered`. Nothing of it is remembered, so its changes forget nothing.
final class SqlInventory implements Inventory {
  private static final long SEVERAL_USERS = -1;
  private static final Id SEVERAL_NODES = new Id(0, 0);

  private static final String COLUMNS =
      """
      node_id, uid, executable, asked, displaced, first_at_ns,
      last_event, last_at_ns, user_name, selectors\
      """;

  private static final String OF_KEY = " WHERE node_id = ? AND uid = ? AND executable = ?";

  private static final String FIND = "SELECT " + COLUMNS + " FROM unregistered" + OF_KEY;

  private static final String OF =
      "SELECT "
          + COLUMNS
          + " FROM unregistered WHERE node_id = ? AND uid = ? ORDER BY last_event, seq";

  private static final String COUNT =
      "SELECT count(*) FROM unregistered WHERE node_id = ? AND uid >= 0";

  private static final String HEAVIEST =
      """
      SELECT uid FROM unregistered WHERE node_id = ? AND uid >= 0 GROUP BY uid
      ORDER BY count(*) + CASE WHEN uid = ? THEN 1 ELSE 0 END DESC, max(last_event) LIMIT 1\
      """;

  private static final String UPDATE =
      """
      UPDATE unregistered SET asked = ?, displaced = ?, first_at_ns = ?,
        last_event = ?, last_at_ns = ?, user_name = ?, selectors = ?\
      """
          + OF_KEY;

  private static final String INSERT =
      """
      INSERT INTO unregistered (
        asked, displaced, first_at_ns, last_event, last_at_ns, user_name, selectors, node_id, uid, executable)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)\
      """;

  private static final String REMOVE = "DELETE FROM unregistered" + OF_KEY;

  private static final String FORGET =
      """
      DELETE FROM unregistered WHERE seq IN (
        SELECT seq FROM unregistered WHERE last_at_ns < ? ORDER BY last_at_ns LIMIT ?)\
      """;

  private static final String PAGE =
      "SELECT seq, "
          + COLUMNS
          + " FROM unregistered WHERE last_at_ns >= ? AND seq > ? ORDER BY seq LIMIT ?";

  private static final String PAGE_OF_NODE =
      "SELECT seq, "
          + COLUMNS
          + " FROM unregistered WHERE last_at_ns >= ? AND node_id = ? AND seq > ?"
          + " ORDER BY seq LIMIT ?";

  private static final Paging PAGING = new Paging('u');

  private final SqlConnection connection;

  SqlInventory(SqlConnection connection) {
    this.connection = connection;
  }

  @Override
  public Optional<UnregisteredSum> find(UnregisteredSum.Key key) {
    return where(connection.sql(FIND), key).one(SqlInventory::row);
  }

  @Override
  public List<UnregisteredSum> of(User user) {
    return where(connection.sql(OF), user).all(SqlInventory::row);
  }

  @Override
  public int countOn(Optional<Id> node) {
    return Math.toIntExact(connection.sql(COUNT).id(stored(node)).only(SqlRow::number));
  }

  @Override
  public OptionalLong heaviest(Optional<Id> node, User next) {
    return connection
        .sql(HEAVIEST)
        .id(stored(node))
        .number(stored(next.uid()))
        .one(SqlRow::number)
        .map(OptionalLong::of)
        .orElse(OptionalLong.empty());
  }

  @Override
  public void put(UnregisteredSum row) {
    if (bind(connection.keeping(UPDATE), row).run() == 0) {
      int _ = bind(connection.keeping(INSERT), row).run();
    }
  }

  @Override
  public void remove(UnregisteredSum.Key key) {
    where(connection.keeping(REMOVE), key).run();
  }

  @Override
  public void forget(Instant before, int limit) {
    connection.keeping(FORGET).time(before).number(limit).run();
  }

  @Override
  public Page<UnregisteredSum> list(Filter filter, Page.Request page) {
    SqlStatement query = connection.sql(filter.node().isPresent() ? PAGE_OF_NODE : PAGE);
    query.time(filter.since());
    filter.node().ifPresent(query::id);
    return PAGING.page(query, page, SqlInventory::row);
  }

  private static SqlStatement bind(SqlStatement statement, UnregisteredSum row) {
    return where(
        statement
            .number(row.tally().asked())
            .number(row.tally().displaced())
            .time(row.tally().firstAt())
            .number(row.newest().event())
            .time(row.newest().at())
            .text(row.newest().user())
            // In their order, unlike a registration's.
            .text(
                Texts.ofTexts(row.newest().selectors().stream().map(Selector::toString).toList())),
        row.key());
  }

  private static SqlStatement where(SqlStatement statement, UnregisteredSum.Key key) {
    return where(statement, key.user()).text(key.executable());
  }

  private static SqlStatement where(SqlStatement statement, User user) {
    return statement.id(stored(user.node())).number(stored(user.uid()));
  }

  private static Id stored(Optional<Id> node) {
    return node.orElse(SEVERAL_NODES);
  }

  private static long stored(OptionalLong uid) {
    return uid.orElse(SEVERAL_USERS);
  }

  private static UnregisteredSum row(SqlRow row) throws SQLException {
    return new UnregisteredSum(
        new UnregisteredSum.Key(new User(node(row.id()), uid(row.number())), row.text()),
        new Tally(row.number(), row.number(), row.time()),
        new Newest(
            row.number(),
            row.time(),
            row.text(),
            Texts.texts(row.text()).stream().map(Selector::parse).toList()));
  }

  private static Optional<Id> node(Id stored) {
    return stored.equals(SEVERAL_NODES) ? Optional.empty() : Optional.of(stored);
  }

  private static OptionalLong uid(long stored) {
    return stored == SEVERAL_USERS ? OptionalLong.empty() : OptionalLong.of(stored);
  }
}
