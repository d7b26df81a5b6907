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
  record Rest(
      SqlRequests requests,
      SqlMeta meta,
      SqlAuthorities authorities,
      SqlEnds ends,
      SqlSets sets,
      SqlAdministrators administrators,
      SqlInventory inventory) {}

  /// What forced ends leave behind, and what is known of nodes and servers beside them.
  record SqlEnds(SqlBars bars, SqlRevoked revoked, SqlNodeTraces nodeTraces, SqlServers servers) {}

  static SqlSession on(SqlConnection connection) {
    return new SqlSession(
        connection,
        new SqlOwners(connection),
        new SqlSubjects(connection),
        new SqlNodes(connection),
        new SqlExecutions(connection),
        new SqlEvents(connection),
        new Rest(
            new SqlRequests(connection),
            new SqlMeta(connection),
            new SqlAuthorities(connection),
            new SqlEnds(
                new SqlBars(connection),
                new SqlRevoked(connection),
                new SqlNodeTraces(connection),
                new SqlServers(connection)),
            new SqlSets(connection),
            new SqlAdministrators(connection),
            new SqlInventory(connection)));
  }
}
