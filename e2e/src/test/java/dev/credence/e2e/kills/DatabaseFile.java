package dev.credence.e2e.kills;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// The database of a server that does not run: what nothing else shows.
record DatabaseFile(Path file) {

  /// What is wrong with it, a line each.
  List<String> broken() throws SQLException {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      var broken = new ArrayList<String>();
      rows(connection, "PRAGMA integrity_check").stream()
          .filter(line -> !line.equals("ok"))
          .forEach(broken::add);
      rows(connection, "PRAGMA foreign_key_check")
          .forEach(row -> broken.add("a row of " + row + " refers to nothing"));
      rows(
              connection,
              """
              SELECT hex(redeemed_node_id) FROM join_token WHERE redeemed_node_id IS NOT NULL
              GROUP BY redeemed_node_id HAVING count(*) > 1\
              """)
          .forEach(node -> broken.add("node " + node + " was made by two tokens"));
      rows(connection, "SELECT serial FROM certificate GROUP BY serial HAVING count(*) > 1")
          .forEach(serial -> broken.add("serial " + serial + " was given twice"));
      rows(
              connection,
              "SELECT number FROM revoked r WHERE NOT EXISTS"
                  + " (SELECT 1 FROM certificate c WHERE c.serial = r.serial)")
          .forEach(number -> broken.add("place " + number + " of the log of ends: no certificate"));
      return broken;
    }
  }

  private static List<String> rows(Connection connection, String query) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      var found = new ArrayList<String>();
      while (rows.next()) {
        found.add(rows.getString(1));
      }
      return found;
    }
  }
}
