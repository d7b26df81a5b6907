package dev.credence.server.store;

import dev.credence.certs.Id;
import dev.credence.server.core.model.NodeLink;
import dev.credence.server.core.model.PublishedCrl;
import dev.credence.server.core.model.ServerRecord;
import dev.credence.server.core.port.Servers;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// The tables `server`, `node_link` and `crl`.
final class SqlServers implements Servers {
  private static final String ALL =
      "SELECT id, start_id, address, started_at_ns, seen_at_ns FROM server ORDER BY seq";
  private static final String INSERT =
      """
      INSERT INTO server (start_id, address, started_at_ns, seen_at_ns, id)
      VALUES (?, ?, ?, ?, ?)\
      """;
  private static final String UPDATE =
      "UPDATE server SET start_id = ?, address = ?, started_at_ns = ?, seen_at_ns = ? WHERE id = ?";
  private static final String CLOSE_ALL = "UPDATE node_link SET is_open = 0 WHERE server_id = ?";

  private static final String LINKS =
      "SELECT node_id, stream_id, server_id, is_open, acknowledged FROM node_link ";
  private static final String LINK = LINKS + "WHERE node_id = ?";
  private static final String ALL_LINKS = LINKS + "ORDER BY seq";
  private static final String INSERT_LINK =
      """
      INSERT INTO node_link (stream_id, server_id, is_open, acknowledged, node_id)
      VALUES (?, ?, ?, ?, ?)\
      """;
  private static final String UPDATE_LINK =
      """
      UPDATE node_link SET stream_id = ?, server_id = ?, is_open = ?, acknowledged = ?
      WHERE node_id = ?\
      """;
  private static final String CLOSE =
      "UPDATE node_link SET is_open = 0 WHERE node_id = ? AND stream_id = ?";
  private static final String ACKNOWLEDGED =
      """
      UPDATE node_link SET acknowledged = ?
      WHERE node_id = ? AND stream_id = ? AND acknowledged < ?\
      """;

  private static final String CRL =
      "SELECT authority_id, der, log, at_ns, usable_until_ns FROM crl WHERE authority_id = ?";
  private static final String INSERT_CRL =
      "INSERT INTO crl (der, log, at_ns, usable_until_ns, authority_id) VALUES (?, ?, ?, ?, ?)";
  private static final String UPDATE_CRL =
      "UPDATE crl SET der = ?, log = ?, at_ns = ?, usable_until_ns = ? WHERE authority_id = ?";

  private final SqlConnection connection;

  SqlServers(SqlConnection connection) {
    this.connection = connection;
  }

  @Override
  public void begin(ServerRecord server) {
    if (write(UPDATE, server) == 0) {
      int _ = write(INSERT, server);
    }
    connection.sql(CLOSE_ALL).id(server.id()).run();
  }

  @Override
  public void update(ServerRecord server) {
    if (write(UPDATE, server) != 1) {
      throw new IllegalStateException("server " + server.id() + ": not there");
    }
  }

  private int write(String sql, ServerRecord server) {
    return connection
        .sql(sql)
        .id(server.startId())
        .text(server.address())
        .time(server.startedAt())
        .time(server.seenAt())
        .id(server.id())
        .run();
  }

  @Override
  public List<ServerRecord> all() {
    return connection
        .sql(ALL)
        .all(row -> new ServerRecord(row.id(), row.id(), row.text(), row.time(), row.time()));
  }

  @Override
  public void open(NodeLink link) {
    if (write(UPDATE_LINK, link) == 0) {
      int _ = write(INSERT_LINK, link);
    }
  }

  private int write(String sql, NodeLink link) {
    return connection
        .sql(sql)
        .id(link.stream())
        .id(link.server())
        .number(link.open() ? 1 : 0)
        .number(link.acknowledged())
        .id(link.node())
        .run();
  }

  @Override
  public void close(Id node, Id stream) {
    connection.sql(CLOSE).id(node).id(stream).run();
  }

  @Override
  public void acknowledged(Id node, Id stream, long sequence) {
    connection.sql(ACKNOWLEDGED).number(sequence).id(node).id(stream).number(sequence).run();
  }

  @Override
  public Optional<NodeLink> link(Id node) {
    return connection.sql(LINK).id(node).one(SqlServers::link);
  }

  @Override
  public List<NodeLink> links() {
    return connection.sql(ALL_LINKS).all(SqlServers::link);
  }

  private static NodeLink link(SqlRow row) throws SQLException {
    return new NodeLink(row.id(), row.id(), row.id(), row.number() == 1, row.number());
  }

  @Override
  public void publish(PublishedCrl list) {
    if (write(UPDATE_CRL, list) == 0) {
      int _ = write(INSERT_CRL, list);
    }
  }

  private int write(String sql, PublishedCrl list) {
    return connection
        .sql(sql)
        .bytes(list.der())
        .number(list.log())
        .time(list.at())
        .time(list.usableUntil())
        .id(list.authority())
        .run();
  }

  @Override
  public Optional<PublishedCrl> crl(Id authority) {
    return connection
        .sql(CRL)
        .id(authority)
        .one(row -> new PublishedCrl(row.id(), row.bytes(), row.number(), row.time(), row.time()));
  }
}
