package dev.credence.server.store;

import dev.credence.certs.Id;
import dev.credence.server.core.model.AuthorityKind;
import dev.credence.server.core.model.AuthorityRecord;
import dev.credence.server.core.model.AuthorityState;
import dev.credence.server.core.model.CertificateRecord;
import dev.credence.server.core.port.Authorities;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The table `authority`, and the bundle's number in `meta`.
final class SqlAuthorities implements Authorities {
  private static final String SELECT =
      """
      SELECT id, server_id, kind, state, pem, not_before_ns, not_after_ns, published_in,
        prepared_at_ns, changed_at_ns
      FROM authority
      """;

  private static final String FIND = SELECT + "WHERE id = ?";
  private static final String ALL = SELECT + "ORDER BY seq";

  private static final String INSERT =
      """
      INSERT INTO authority (id, server_id, kind, state, pem, not_before_ns, not_after_ns,
        published_in, prepared_at_ns, changed_at_ns)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)\
      """;

  private static final String UPDATE =
      "UPDATE authority SET state = ?, changed_at_ns = ? WHERE id = ?";

  private static final String SEQUENCE = "SELECT bundle_sequence FROM meta";
  private static final String NEXT_SEQUENCE =
      "UPDATE meta SET bundle_sequence = bundle_sequence + 1";

  /// The newest certificate of each running execution: one look into an index for each.
  private static final String OF_EXECUTIONS =
      """
      FROM execution e JOIN certificate c
        ON c.seq = (SELECT max(seq) FROM certificate WHERE execution_seq = e.seq)
      WHERE e.ended_at_ns IS NULL AND c.not_after_ns > ?
        AND coalesce(c.authority_id, (SELECT id FROM authority ORDER BY seq LIMIT 1)) = ?
      """;

  /// The newest certificate of each active node.
  private static final String OF_NODES =
      """
      FROM node n JOIN certificate c
        ON c.seq = (SELECT max(seq) FROM certificate
          WHERE spki = n.public_key AND execution_seq IS NULL)
      WHERE n.state = 'active' AND c.not_after_ns > ?
        AND coalesce(c.authority_id, (SELECT id FROM authority ORDER BY seq LIMIT 1)) = ?
      """;

  /// The newest certificate of each administrator who may call.
  private static final String OF_ADMINISTRATORS =
      """
      FROM administrator a JOIN certificate c
        ON c.seq = (SELECT max(seq) FROM certificate
          WHERE spki = a.public_key AND execution_seq IS NULL)
      WHERE a.state = 'active' AND c.not_after_ns > ?
        AND coalesce(c.authority_id, (SELECT id FROM authority ORDER BY seq LIMIT 1)) = ?
      """;

  private static final String LIVE_ADMINISTRATORS =
      "SELECT c.serial, c.spki, NULL, c.node_id, c.not_before_ns, c.not_after_ns, c.authority_id "
          + OF_ADMINISTRATORS
          + "ORDER BY c.seq LIMIT ?";

  private static final String LIVE_EXECUTIONS =
      "SELECT c.serial, c.spki, e.id, c.node_id, c.not_before_ns, c.not_after_ns, c.authority_id "
          + OF_EXECUTIONS
          + "ORDER BY c.seq LIMIT ?";

  private static final String LIVE_NODES =
      "SELECT c.serial, c.spki, NULL, c.node_id, c.not_before_ns, c.not_after_ns, c.authority_id "
          + OF_NODES
          + "ORDER BY c.seq LIMIT ?";

  private final SqlConnection connection;

  SqlAuthorities(SqlConnection connection) {
    this.connection = connection;
  }

  @Override
  public void insert(AuthorityRecord authority) {
    connection
        .sql(INSERT)
        .id(authority.id())
        .id(authority.server())
        .text(Words.of(authority.kind()))
        .text(Words.of(authority.state()))
        .text(authority.material().text())
        .time(authority.material().notBefore())
        .time(authority.material().notAfter())
        .number(authority.publishedIn())
        .time(authority.times().prepared())
        .time(authority.times().changed())
        .run();
  }

  @Override
  public void update(AuthorityRecord authority) {
    connection
        .sql(UPDATE)
        .text(Words.of(authority.state()))
        .time(authority.times().changed())
        .id(authority.id())
        .runOnOne("authority " + authority.id() + ": not there");
  }

  @Override
  public Optional<AuthorityRecord> find(Id id) {
    return connection.remember(
        FIND, id, () -> connection.sql(FIND).id(id).one(SqlAuthorities::authority));
  }

  @Override
  public List<AuthorityRecord> all() {
    return connection.sql(ALL).all(SqlAuthorities::authority);
  }

  @Override
  public long bundleSequence() {
    return connection.sql(SEQUENCE).only(SqlRow::number);
  }

  @Override
  public long nextBundleSequence() {
    connection.sql(NEXT_SEQUENCE).runOnOne("bundle sequence: no row of meta");
    return bundleSequence();
  }

  @Override
  public long countLive(Id authority, Instant now) {
    long executions = count("SELECT count(*) " + OF_EXECUTIONS, authority, now);
    long nodes = count("SELECT count(*) " + OF_NODES, authority, now);
    return executions + nodes + count("SELECT count(*) " + OF_ADMINISTRATORS, authority, now);
  }

  private long count(String query, Id authority, Instant now) {
    return connection.sql(query).time(now).id(authority).only(SqlRow::number);
  }

  @Override
  public List<CertificateRecord> live(Id authority, Instant now, int limit) {
    List<CertificateRecord> live = new ArrayList<>(some(LIVE_EXECUTIONS, authority, now, limit));
    if (live.size() < limit) {
      live.addAll(some(LIVE_NODES, authority, now, limit - live.size()));
    }
    if (live.size() < limit) {
      live.addAll(some(LIVE_ADMINISTRATORS, authority, now, limit - live.size()));
    }
    return live;
  }

  private List<CertificateRecord> some(String query, Id authority, Instant now, int limit) {
    return connection
        .sql(query)
        .time(now)
        .id(authority)
        .number(limit)
        .all(SqlCertificates::certificate);
  }

  private static AuthorityRecord authority(SqlRow row) throws SQLException {
    return new AuthorityRecord(
        row.id(),
        row.id(),
        row.word(AuthorityKind.class),
        row.word(AuthorityState.class),
        new AuthorityRecord.Material(row.text(), row.time(), row.time()),
        row.number(),
        new AuthorityRecord.Times(row.time(), row.time()));
  }
}
