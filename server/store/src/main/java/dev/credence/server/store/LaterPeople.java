package dev.credence.server.store;

import dev.credence.certs.Id;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What was decided of persons and administrators after a backup. Not thread-safe.
final class LaterPeople {
  private final TableRows rows;
  private final SameThings ids;
  private final LaterStates states;

  LaterPeople(TableRows rows, SameThings ids, LaterStates states) {
    this.rows = rows;
    this.ids = ids;
    this.states = states;
  }

  /// Who came later is known, as nobody in particular: what they may do is not taken over.
  void persons() throws SQLException {
    rows.copy(
        "person",
        "SELECT * FROM person ORDER BY seq",
        row -> {
          if (ids.known("person", row.get("id"))) {
            return false;
          }
          row.put("administrator", null);
          row.put("oidc_issuer", null);
          row.put("oidc_subject", null);
          return !ids.same(row, rows.find("SELECT id FROM person WHERE name = ?", row.get("name")));
        });
  }

  /// Neither what it might do then nor what it may do since is given back unasked. Tokens are void.
  void administrators() throws SQLException {
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
          if (ids.known("administrator", id) || ids.same(row, namesake)) {
            becomeStricterAdministrator(row);
            return false;
          }
          return states.comeLater(row);
        });
  }

  private void becomeStricterAdministrator(Map<String, @Nullable Object> row) throws SQLException {
    byte[] id = ids.mapped(row.get("id"));
    Object unchanged =
        rows.find(
            "SELECT id FROM administrator WHERE id = ? AND role = ? AND owners = ?",
            id,
            row.get("role"),
            row.get("owners"));
    if (unchanged == null && "active".equals(row.get("state"))) {
      row.put("state", "suspended");
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
    states.strengthen("administrator", id, row, "");
  }

  private String mappedOwners(String stored) throws SQLException {
    List<String> owners = new ArrayList<>();
    for (String owner : Texts.texts(stored)) {
      byte[] there = ids.mapped(Id.parse(owner).bytes());
      if (ids.known("owner", there)) {
        owners.add(Id.fromBytes(there).toString());
      }
    }
    return Texts.ofTexts(owners.stream().sorted().toList());
  }
}
