package dev.credence.server.store;

import dev.credence.certs.Id;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a restored database takes over from the one that it replaces: that history goes on without
/// a gap, and that nothing which was forbidden, spent or certified meanwhile is allowed again.
///
/// - Of two states of an owner, agent, service, node or administrator the stricter one counts.
/// - An administrator whose role or owners were changed since is suspended; its newest key counts.
/// - What came after the backup is there, suspended: an administrator decides.
/// - Keys that were certified, serials that were revoked, tokens, bars, spent names, authorities
///   and events are all there afterwards.
///
/// Ids are those of both databases; where they differ although the name is the same (the replaced
/// one was begun anew), the name counts. One transaction on each side, which the caller holds.
final class LaterDecisions {
  private static final String SUSPENDED = "suspended";
  private static final List<String> STRICTNESS =
      List.of("active", "draft", SUSPENDED, "retired", "evicted", "banned", "removed");

  private final TableRows rows;
  private final long now;
  private final Map<ByteBuffer, byte[]> sameAs = new HashMap<>();
  private final Set<ByteBuffer> newSubjects = new HashSet<>();
  private final List<byte[]> suspendedNodes = new ArrayList<>();
  private int changedStates;
  private int added;

  /// @param now nanoseconds, for what is ended by this
  LaterDecisions(TableRows rows, long now) {
    this.rows = rows;
    this.now = now;
  }

  /// @param changedStates owners, agents, services, nodes and administrators that became stricter
  /// @param added owners, agents, services, nodes and administrators that came after the backup
  /// @param suspendedNodes those of them that are suspended by this
  record Taken(
      int changedStates,
      int added,
      List<byte[]> suspendedNodes,
      int spentNames,
      int bars,
      int certificates,
      int events) {}

  Taken take() throws SQLException {
    persons();
    owners();
    administrators();
    subjects();
    registrations();
    nodes();
    tokens();
    executions();
    int certificates = certificates();
    int bars = rows.copy("bar", "SELECT * FROM bar ORDER BY seq", this::knownBar);
    rows.copy(
        "bar_uid",
        "SELECT * FROM bar_uid ORDER BY seq",
        row -> known("bar", row.get("bar_id")) && refer(row, "node", "node_id"));
    int names =
        rows.copy(
            "spent_name",
            "SELECT * FROM spent_name ORDER BY seq",
            row -> refer(row, "owner", "owner_id") && refer(row, "subject", "subject_id"));
    for (String table : List.of("node_start", "node_renewal")) {
      rows.copy(
          table, "SELECT * FROM " + table + " ORDER BY seq", row -> refer(row, "node", "node_id"));
    }
    revoked();
    authorities();
    int events = events();
    meta();
    return new Taken(changedStates, added, suspendedNodes, names, bars, certificates, events);
  }

  // Persons who came later are known, as nobody in particular: what they may do is not taken over.
  private void persons() throws SQLException {
    rows.copy(
        "person",
        "SELECT * FROM person ORDER BY seq",
        row -> {
          if (known("person", row.get("id"))) {
            return false;
          }
          row.put("administrator", null);
          row.put("oidc_issuer", null);
          row.put("oidc_subject", null);
          return !same(row, rows.find("SELECT id FROM person WHERE name = ?", row.get("name")));
        });
  }

  private void owners() throws SQLException {
    Map<ByteBuffer, byte[]> parents = new HashMap<>();
    rows.copy(
        "owner",
        "SELECT * FROM owner ORDER BY seq",
        row -> {
          Object id = row.get("id");
          if (known("owner", id)
              || same(row, rows.find("SELECT id FROM owner WHERE name = ?", row.get("name")))) {
            changedStates +=
                rows.change(
                    "UPDATE owner SET state = ?, retired_at_ns = coalesce(retired_at_ns, ?), revision = revision + 1"
                        + stricter("id = ?", row),
                    row.get("state"),
                    retiredAt(row),
                    mapped(id));
            return false;
          }
          if (row.get("parent_id") instanceof byte[] parent) {
            parents.put(key(id), parent);
          }
          row.put("parent_id", null);
          return refer(row, "person", "accountable_id") && comeLater(row);
        });
    for (var entry : parents.entrySet()) {
      byte[] parent = mapped(entry.getValue());
      if (known("owner", parent)) {
        rows.change("UPDATE owner SET parent_id = ? WHERE id = ?", parent, entry.getKey().array());
      }
    }
  }

  // Neither what it might do then nor what it may do since is given back unasked. Tokens are void.
  private void administrators() throws SQLException {
    rows.copy(
        "administrator",
        "SELECT * FROM administrator ORDER BY seq",
        row -> {
          List.of("token_digest", "token_expires_at_ns", "token_key")
              .forEach(column -> row.put(column, null));
          row.put("owners", mappedOwners(String.valueOf(row.get("owners"))));
          Object id = row.get("id");
          Object namesake =
              rows.find("SELECT id FROM administrator WHERE name = ?", row.get("name"));
          if (known("administrator", id) || same(row, namesake)) {
            becomeStricterAdministrator(row);
            return false;
          }
          return comeLater(row);
        });
  }

  private void becomeStricterAdministrator(Map<String, @Nullable Object> row) throws SQLException {
    byte[] id = mapped(row.get("id"));
    Object unchanged =
        rows.find(
            "SELECT id FROM administrator WHERE id = ? AND role = ? AND owners = ?",
            id,
            row.get("role"),
            row.get("owners"));
    if (unchanged == null && "active".equals(row.get("state"))) {
      row.put("state", SUSPENDED);
    }
    rows.change(
        """
        UPDATE administrator SET public_key = ?, svid_not_after_ns = ?,
          revision = 1 + CASE WHEN revision < ? THEN ? ELSE revision END WHERE id = ?\
        """,
        row.get("public_key"),
        row.get("svid_not_after_ns"),
        row.get("revision"),
        row.get("revision"),
        id);
    changedStates +=
        rows.change(
            "UPDATE administrator SET state = ?" + stricter("id = ?", row), row.get("state"), id);
  }

  private String mappedOwners(String stored) throws SQLException {
    List<String> owners = new ArrayList<>();
    for (String owner : Texts.texts(stored)) {
      byte[] there = mapped(Id.parse(owner).bytes());
      if (known("owner", there)) {
        owners.add(Id.fromBytes(there).toString());
      }
    }
    return Texts.ofTexts(owners.stream().sorted().toList());
  }

  private @Nullable Object retiredAt(Map<String, @Nullable Object> row) {
    return "retired".equals(row.get("state")) ? row.get("retired_at_ns") : null;
  }

  private void subjects() throws SQLException {
    rows.copy(
        "subject",
        "SELECT * FROM subject ORDER BY seq",
        row -> {
          if (!refer(row, "owner", "owner_id")) {
            return false;
          }
          Object id = row.get("id");
          if (known("subject", id) || same(row, byName(row))) {
            becomeStricter(row);
            return false;
          }
          newSubjects.add(key(id));
          row.put("held", 1L);
          return comeLater(row);
        });
  }

  private @Nullable Object byName(Map<String, @Nullable Object> row) throws SQLException {
    return rows.find(
        "SELECT id FROM subject WHERE owner_id = ? AND kind = ? AND name = ?",
        row.get("owner_id"),
        row.get("kind"),
        row.get("name"));
  }

  // The revision is one that nobody has seen. A hand-over stays: the old name is spent.
  private void becomeStricter(Map<String, @Nullable Object> row) throws SQLException {
    byte[] id = mapped(row.get("id"));
    rows.change(
        "UPDATE subject SET owner_id = ? WHERE id = ? AND NOT EXISTS"
            + " (SELECT 1 FROM subject WHERE owner_id = ? AND kind = ? AND name = ?)",
        row.get("owner_id"),
        id,
        row.get("owner_id"),
        row.get("kind"),
        row.get("name"));
    rows.change(
        "UPDATE subject SET revision = 1 + CASE WHEN revision < ? THEN ? ELSE revision END WHERE id = ?",
        row.get("revision"),
        row.get("revision"),
        id);
    changedStates +=
        rows.change("UPDATE subject SET state = ?" + stricter("id = ?", row), row.get("state"), id);
    rows.change("UPDATE subject SET held = 1 WHERE id = ? AND 1 = ?", id, row.get("held"));
  }

  // The backup says what leads to its agents. What leads to those that came later stays, and leads
  // nowhere until they are resumed.
  private void registrations() throws SQLException {
    rows.copy(
        "registration",
        "SELECT * FROM registration ORDER BY seq",
        row -> {
          if (known("registration", row.get("id")) || !refer(row, "subject", "subject_id")) {
            return false;
          }
          boolean came = newSubjects.contains(key(row.get("subject_id")));
          if (row.get("removed_at_ns") == null && !came) {
            row.put("removed_at_ns", now);
          }
          return true;
        });
  }

  private void nodes() throws SQLException {
    rows.copy(
        "node",
        "SELECT * FROM node ORDER BY seq",
        row -> {
          Object id = row.get("id");
          if (known("node", id)
              || same(
                  row,
                  rows.find("SELECT id FROM node WHERE public_key = ?", row.get("public_key")))) {
            byte[] known = mapped(id);
            rows.change(
                "UPDATE node SET public_key = ?, start_id = ?, svid_not_after_ns = ?, last_seen_at_ns = ? WHERE id = ?",
                row.get("public_key"),
                row.get("start_id"),
                row.get("svid_not_after_ns"),
                row.get("last_seen_at_ns"),
                known);
            changedStates +=
                rows.change(
                    "UPDATE node SET state = ?" + stricter("id = ?", row), row.get("state"), known);
            return false;
          }
          if ("active".equals(row.get("state"))) {
            suspendedNodes.add(bytes(row.get("id")));
          }
          return comeLater(row);
        });
  }

  private boolean comeLater(Map<String, @Nullable Object> row) {
    int strictness = STRICTNESS.indexOf(row.get("state"));
    if (strictness >= 0 && strictness < STRICTNESS.indexOf(SUSPENDED)) {
      row.put("state", SUSPENDED);
    }
    added++;
    return true;
  }

  private void tokens() throws SQLException {
    rows.copy(
        "join_token",
        "SELECT * FROM join_token ORDER BY seq",
        row -> {
          if (row.get("redeemed_node_id") != null && !refer(row, "node", "redeemed_node_id")) {
            row.put("redeemed_node_id", null);
            row.put("redeemed_key", null);
          }
          return true;
        });
  }

  /// Those that the backup knows as running end as they ended.
  private void executions() throws SQLException {
    rows.copy(
        "execution",
        "SELECT * FROM execution ORDER BY seq",
        row -> {
          if (row.get("ended_at_ns") != null) {
            rows.change(
                "UPDATE execution SET ended_at_ns = ?, end_reason = ? WHERE id = ? AND ended_at_ns IS NULL",
                row.get("ended_at_ns"),
                row.get("end_reason"),
                row.get("id"));
          }
          return !known("execution", row.get("id"))
              && refer(row, "subject", "subject_id")
              && refer(row, "node", "node_id")
              && known("registration", row.get("registration_id"));
        });
  }

  private int certificates() throws SQLException {
    // The execution's id stands where its number stands.
    return rows.copy(
        "certificate",
        """
        SELECT c.serial, c.spki, e.id AS execution_seq, c.node_id, c.not_before_ns, c.not_after_ns, c.authority_id
        FROM certificate c LEFT JOIN execution e ON e.seq = c.execution_seq ORDER BY c.seq\
        """,
        this::newCertificate);
  }

  private boolean newCertificate(Map<String, @Nullable Object> row) throws SQLException {
    // One index of each kind.
    String kind = row.get("execution_seq") == null ? "NULL" : "NOT NULL";
    if (rows.find(
            "SELECT serial FROM certificate WHERE spki = ? AND serial = ? AND execution_seq IS "
                + kind,
            row.get("spki"),
            row.get("serial"))
        != null) {
      return false;
    }
    Object execution = row.get("execution_seq");
    if (execution != null) {
      row.put("execution_seq", rows.find("SELECT seq FROM execution WHERE id = ?", execution));
    }
    // Its key stays known in any case.
    return row.get("node_id") == null || refer(row, "node", "node_id");
  }

  private boolean knownBar(Map<String, @Nullable Object> row) throws SQLException {
    return refer(row, "subject", "subject_id")
        && refer(row, "node", "node_id")
        && known("execution", row.get("execution_id"));
  }

  private void revoked() throws SQLException {
    for (var row :
        rows.read(
            "SELECT serial, revoked_at_ns, not_after_ns, of_node FROM revoked ORDER BY number")) {
      if (rows.find("SELECT number FROM revoked WHERE serial = ?", row.get("serial")) == null) {
        Object last = rows.find("SELECT coalesce(max(number), 0) FROM revoked");
        rows.change(
            "INSERT INTO revoked (number, serial, revoked_at_ns, not_after_ns, of_node) VALUES (?, ?, ?, ?, ?)",
            number(last) + 1,
            row.get("serial"),
            row.get("revoked_at_ns"),
            row.get("not_after_ns"),
            row.get("of_node"));
      }
    }
  }

  // First those that do not sign: at most one of a server and kind does, at every moment.
  private void authorities() throws SQLException {
    String later = "SELECT id, state, changed_at_ns FROM authority ORDER BY ";
    String last = "CASE state WHEN 'active' THEN 1 ELSE 0 END, seq";
    for (var row : rows.read(later + last)) {
      rows.change(
          "UPDATE authority SET state = ?, changed_at_ns = ? WHERE id = ?",
          row.get("state"),
          row.get("changed_at_ns"),
          row.get("id"));
    }
    rows.copy("authority", "SELECT * FROM authority ORDER BY " + last, _ -> true);
  }

  private int events() throws SQLException {
    Object last = rows.find("SELECT coalesce(max(number), 0) FROM event");
    return rows.copy(
        "event",
        "SELECT * FROM event WHERE number > " + number(last) + " ORDER BY number",
        _ -> true);
  }

  private void meta() throws SQLException {
    var row = rows.read("SELECT * FROM meta").getFirst();
    for (String column : List.of("registry_number", "bundle_sequence", "crl_number")) {
      Object value = row.get(column);
      rows.change(
          "UPDATE meta SET "
              + column
              + " = 1 + CASE WHEN "
              + column
              + " < ? THEN ? ELSE "
              + column
              + " END",
          value,
          value);
    }
    if (row.get("highest_time_ns") != null) {
      rows.change(
          "UPDATE meta SET highest_time_ns = ?, clock_ceiling_ns = ?",
          row.get("highest_time_ns"),
          row.get("clock_ceiling_ns"));
    }
  }

  private static String stricter(String which, Map<String, @Nullable Object> row) {
    int strictness = STRICTNESS.indexOf(row.get("state"));
    String weaker = String.join("', '", STRICTNESS.subList(0, Math.max(0, strictness)));
    return " WHERE " + which + " AND state IN ('" + weaker + "')";
  }

  /// Points a reference to the same thing in the database that is written.
  ///
  /// @return false: it is not there
  private boolean refer(Map<String, @Nullable Object> row, String table, String column)
      throws SQLException {
    Object id = row.get(column);
    if (id == null) {
      return true;
    }
    row.put(column, mapped(id));
    return known(table, row.get(column));
  }

  private boolean known(String table, @Nullable Object id) throws SQLException {
    return id != null && rows.find("SELECT id FROM " + table + " WHERE id = ?", id) != null;
  }

  /// Remembers that the row is what is there under another id.
  private boolean same(Map<String, @Nullable Object> row, @Nullable Object there) {
    if (there == null) {
      return false;
    }
    sameAs.put(key(row.get("id")), bytes(there));
    return true;
  }

  private byte[] mapped(@Nullable Object id) {
    byte[] bytes = bytes(id);
    byte[] there = sameAs.get(ByteBuffer.wrap(bytes));
    return there == null ? bytes : there;
  }

  private static ByteBuffer key(@Nullable Object id) {
    return ByteBuffer.wrap(bytes(id).clone());
  }

  private static byte[] bytes(@Nullable Object id) {
    if (id instanceof byte[] bytes) {
      return bytes;
    }
    throw new IllegalStateException("id: none (expected: 16 bytes)");
  }

  private static long number(@Nullable Object value) {
    return value instanceof Number number ? number.longValue() : 0;
  }
}
