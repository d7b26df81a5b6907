package dev.credence.server.store;

import java.sql.SQLException;

/// Opens the connection that writes, and moves the log into the file now and then. SQLite would do
/// so inside a commit, while its writers wait; here it happens after the answers, if possible when
/// nobody waits, and its failure is seen. The writer's thread only.
final class SqliteWriter implements BatchRunner.Opener {
  static final String CHECKPOINT = "PRAGMA wal_checkpoint(PASSIVE)";

  /// At about 15 pages of 4 KiB each: a log of some megabytes.
  private static final int WRITES_WHEN_IDLE = 200;

  private static final int WRITES_AT_MOST = 2000;

  private final SqliteFile file;
  private int writes;

  SqliteWriter(SqliteFile file) {
    this.file = file;
  }

  @Override
  public SqlSession open() throws SQLException {
    return SqlSession.on(new SqlConnection(file.openWriter(), Remembered.ofOnlyWriter()));
  }

  @Override
  public void tidy(SqlConnection connection, int more, boolean idle) throws SQLException {
    writes += more;
    if (writes >= (idle ? WRITES_WHEN_IDLE : WRITES_AT_MOST)) {
      // Zero even if it fails: then the next try is after as many writes again.
      writes = 0;
      connection.script(CHECKPOINT);
    }
  }
}
