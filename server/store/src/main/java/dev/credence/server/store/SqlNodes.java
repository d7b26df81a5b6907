package dev.credence.server.store;

import dev.credence.attestors.Selector;
import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import dev.credence.server.core.model.JoinTokenRecord;
import dev.credence.server.core.model.Node;
import dev.credence.server.core.model.NodeState;
import dev.credence.server.core.model.Page;
import dev.credence.server.core.port.Nodes;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The table `node`, and through [SqlJoinTokens] `join_token`.
final class SqlNodes implements Nodes {
  private static final String COLUMNS =
      """
      id, state, attestor, labels, attested_at_ns, selectors, public_key,
      start_id, host_name, software, svid_not_after_ns, last_seen_at_ns\
      """;

  private static final String INSERT =
      """
      INSERT INTO node (
        state, attestor, labels, attested_at_ns, selectors, public_key,
        start_id, host_name, software, svid_not_after_ns, last_seen_at_ns, id)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)\
      """;

  private static final String UPDATE =
      """
      UPDATE node SET
        state = ?, attestor = ?, labels = ?, attested_at_ns = ?, selectors = ?, public_key = ?,
        start_id = ?, host_name = ?, software = ?, svid_not_after_ns = ?, last_seen_at_ns = ?
      WHERE id = ?\
      """;

  private static final String BY_ID = "SELECT " + COLUMNS + " FROM node WHERE id = ?";
  private static final String BY_KEY = "SELECT " + COLUMNS + " FROM node WHERE public_key = ?";
  private static final String ALL = "SELECT " + COLUMNS + " FROM node ORDER BY seq";
  private static final String PAGE =
      "SELECT seq, " + COLUMNS + " FROM node WHERE seq > ? ORDER BY seq LIMIT ?";

  private static final Paging PAGING = new Paging('n');

  private static final String FORGET_TOKENS =
      """
      DELETE FROM join_token WHERE seq IN (
        SELECT seq FROM join_token WHERE expires_at_ns < ? ORDER BY seq LIMIT ?)\
      """;

  private final SqlConnection connection;
  private final SqlJoinTokens tokens;

  SqlNodes(SqlConnection connection) {
    this.connection = connection;
    this.tokens = new SqlJoinTokens(connection);
  }

  @Override
  public void insert(Node node) {
    bind(connection.sql(INSERT), node).run();
  }

  @Override
  public void update(Node node) {
    bind(connection.sql(UPDATE), node).runOnOne("node " + node.id() + ": not there");
  }

  private static SqlStatement bind(SqlStatement statement, Node node) {
    return statement
        .text(Words.of(node.state()))
        .text(node.origin().attestor())
        .text(Texts.ofMap(node.origin().labels()))
        .time(node.origin().attestedAt())
        .text(lines(node.origin().selectors()))
        .digest(node.key())
        .maybeId(node.presence().startId())
        .text(node.presence().hostName())
        .text(node.presence().software())
        .time(node.presence().svidNotAfter())
        .time(node.presence().lastSeenAt())
        .id(node.id());
  }

  @Override
  public Optional<Node> find(Id id) {
    return connection.remember(BY_ID, id, () -> connection.sql(BY_ID).id(id).one(SqlNodes::node));
  }

  @Override
  public Optional<Node> byKey(Sha256 key) {
    return connection.sql(BY_KEY).digest(key).one(SqlNodes::node);
  }

  @Override
  public Page<Node> list(Page.Request page) {
    return PAGING.page(connection.sql(PAGE), page, SqlNodes::node);
  }

  @Override
  public List<Node> all() {
    return connection.sql(ALL).all(SqlNodes::node);
  }

  private static Node node(SqlRow row) throws SQLException {
    return new Node(
        row.id(),
        row.word(NodeState.class),
        new Node.Origin(row.text(), Texts.map(row.text()), row.time(), selectors(row.text())),
        row.digest(),
        new Node.Presence(row.maybeId(), row.text(), row.text(), row.time(), row.time()));
  }

  /// One in each line: they have no control characters.
  private static String lines(Set<Selector> selectors) {
    return selectors.stream().map(Selector::toString).sorted().collect(Collectors.joining("\n"));
  }

  private static Set<Selector> selectors(String lines) {
    return lines.lines().map(Selector::parse).collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public void insert(JoinTokenRecord token) {
    tokens.insert(token);
  }

  @Override
  public void update(JoinTokenRecord token) {
    tokens.update(token);
  }

  @Override
  public int voidTokens(String by, Instant at) {
    return tokens.voidAll(by, at);
  }

  @Override
  public Optional<JoinTokenRecord> token(Sha256 secretDigest) {
    return tokens.find(secretDigest);
  }

  @Override
  public void forgetTokens(Instant expiredBefore, int limit) {
    connection.sql(FORGET_TOKENS).time(expiredBefore).number(limit).run();
  }
}
