package dev.credence.server.store;

/// A connection and the aggregates on it.
record SqlSession(
    SqlConnection connection,
    SqlOwners owners,
    SqlSubjects subjects,
    SqlNodes nodes,
    SqlExecutions executions,
    SqlEvents events,
    Rest rest) {

  /// The small ones.
  record Rest(SqlRequests requests, SqlMeta meta, SqlAuthorities authorities) {}

  static SqlSession on(SqlConnection connection) {
    return new SqlSession(
        connection,
        new SqlOwners(connection),
        new SqlSubjects(connection),
        new SqlNodes(connection),
        new SqlExecutions(connection),
        new SqlEvents(connection),
        new Rest(
            new SqlRequests(connection), new SqlMeta(connection), new SqlAuthorities(connection)));
  }
}
