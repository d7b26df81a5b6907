package dev.credence.server.store;

import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import dev.credence.server.core.port.NodeTraces;
import java.time.Instant;
import java.util.Optional;

/// The tables `node_start` and `node_renewal`, and of `node` the key that was decided for.
final class SqlNodeTraces implements NodeTraces {
  private static final String SETTLED =
      "INSERT INTO node_start (node_id, start_id, settled_at_ns) VALUES (?, ?, ?)";
  private static final String PRUNE_STARTS =
      """
      DELETE FROM node_start WHERE seq IN (
        SELECT seq FROM node_start WHERE node_id = ? ORDER BY seq DESC LIMIT 64 OFFSET ?)\
      """;
  private static final String PRUNE_RENEWALS =
      """
      DELETE FROM node_renewal WHERE seq IN (
        SELECT seq FROM node_renewal WHERE node_id = ? ORDER BY seq DESC LIMIT 64 OFFSET ?)\
      """;
  private static final String NEWEST =
      "SELECT start_id FROM node_start WHERE node_id = ? ORDER BY seq DESC LIMIT 1";
  private static final String NEWEST_AT =
      "SELECT settled_at_ns FROM node_start WHERE node_id = ? ORDER BY seq DESC LIMIT 1";
  private static final String RETURNED =
      "UPDATE node_start SET returned = returned + 1 WHERE node_id = ? AND start_id = ?";
  private static final String RETURNS =
      "SELECT returned FROM node_start WHERE node_id = ? AND start_id = ?";
  private static final String HAS_SETTLED =
      "SELECT count(*) FROM node_start WHERE node_id = ? AND start_id = ?";
  private static final String FORGET_STARTS = "DELETE FROM node_start WHERE node_id = ?";
  private static final String RENEWED =
      "INSERT INTO node_renewal (node_id, from_serial, to_serial, used) VALUES (?, ?, ?, 0)";
  private static final String USED =
      "UPDATE node_renewal SET used = 1 WHERE node_id = ? AND to_serial = ? AND used = 0";
  private static final String USED_SUCCESSOR =
      """
      SELECT to_serial FROM node_renewal WHERE node_id = ? AND from_serial = ? AND used = 1
      ORDER BY seq DESC LIMIT 1\
      """;
  private static final String USED_TWIN =
      """
      SELECT other.to_serial FROM node_renewal this
      JOIN node_renewal other ON other.node_id = this.node_id AND other.from_serial = this.from_serial
      WHERE this.node_id = ? AND this.to_serial = ? AND other.seq <> this.seq AND other.used = 1
      ORDER BY other.seq DESC LIMIT 1\
      """;
  private static final String FORGET_RENEWALS = "DELETE FROM node_renewal WHERE node_id = ?";

  private static final String DECIDED = "UPDATE node SET decided_key = ? WHERE id = ?";
  private static final String IS_DECIDED =
      "SELECT count(*) FROM node WHERE id = ? AND decided_key = ?";

  private final SqlConnection connection;

  SqlNodeTraces(SqlConnection connection) {
    this.connection = connection;
  }

  @Override
  public void settled(Id node, Id start, Instant at) {
    connection.sql(SETTLED).id(node).id(start).time(at).run();
    connection.sql(PRUNE_STARTS).id(node).number(KEPT).run();
  }

  @Override
  public Optional<Id> newestStart(Id node) {
    return connection.remember(NEWEST, node, () -> connection.sql(NEWEST).id(node).one(SqlRow::id));
  }

  @Override
  public Optional<Instant> newestSettledAt(Id node) {
    return connection.sql(NEWEST_AT).id(node).one(SqlRow::time);
  }

  @Override
  public int returned(Id node, Id start) {
    connection.sql(RETURNED).id(node).id(start).runOnOne("start " + start + ": not there");
    return Math.toIntExact(connection.sql(RETURNS).id(node).id(start).only(SqlRow::number));
  }

  @Override
  public boolean hasSettled(Id node, Id start) {
    return connection.sql(HAS_SETTLED).id(node).id(start).only(SqlRow::number) > 0;
  }

  @Override
  public void renewed(Id node, String fromSerial, String toSerial) {
    connection.sql(RENEWED).id(node).text(fromSerial).text(toSerial).run();
    connection.sql(PRUNE_RENEWALS).id(node).number(KEPT).run();
  }

  @Override
  public void used(Id node, String serial) {
    connection.sql(USED).id(node).text(serial).run();
  }

  @Override
  public Optional<String> usedSuccessor(Id node, String serial) {
    return connection.sql(USED_SUCCESSOR).id(node).text(serial).one(SqlRow::text);
  }

  @Override
  public Optional<String> usedTwin(Id node, String serial) {
    return connection.sql(USED_TWIN).id(node).text(serial).one(SqlRow::text);
  }

  @Override
  public void decided(Id node, Sha256 key) {
    connection.sql(DECIDED).digest(key).id(node).runOnOne("node " + node + ": not there");
  }

  @Override
  public boolean isDecided(Id node, Sha256 key) {
    return connection.sql(IS_DECIDED).id(node).digest(key).only(SqlRow::number) > 0;
  }

  @Override
  public void forget(Id node) {
    connection.sql(FORGET_STARTS).id(node).run();
    connection.sql(FORGET_RENEWALS).id(node).run();
  }
}
