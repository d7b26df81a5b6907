package dev.credence.server.store;

import java.sql.SQLException;
import java.util.List;

/// What a restored database takes over from the one that it replaces: that history goes on without
/// a gap, and that nothing which was forbidden, spent or certified meanwhile is allowed again.
///
/// - Of two states of an owner, agent, service, node or administrator the stricter one counts.
/// - An administrator whose role or owners were changed since is suspended; its newest key counts.
/// - What came after the backup is there, suspended: an administrator decides.
/// - Which owner is above which, and which set answers for what, is as it is since.
/// - What asked without a registration is counted as it is since.
/// - Keys that were certified, serials that were revoked, tokens, bars, spent names, authorities
///   and events are all there afterwards.
///
/// Ids are those of both databases; where they differ although the name is the same (the replaced
/// one was begun anew), the name counts. One transaction on each side, which the caller holds.
final class LaterDecisions {
  private final TableRows rows;
  private final long now;

  /// @param now nanoseconds, for what is ended by this
  LaterDecisions(TableRows rows, long now) {
    this.rows = rows;
    this.now = now;
  }

  /// @param changedStates owners, agents, services, nodes and administrators that became stricter
  /// @param added owners, agents, services, nodes and administrators that came after the backup
  /// @param suspendedNodes those of them that are suspended by this
  /// @param moved owners that are below another one, or none, since
  /// @param setMembers things that a set of declarations answers for
  record Taken(
      int changedStates,
      int added,
      List<byte[]> suspendedNodes,
      int moved,
      int setMembers,
      int spentNames,
      int bars,
      int certificates,
      int events) {}

  /// What refers to something comes after it.
  Taken take() throws SQLException {
    var ids = new SameThings(rows);
    var states = new LaterStates(rows);
    var people = new LaterPeople(rows, ids, states);
    people.persons();
    var owners = new LaterOwners(rows, ids, states);
    owners.take();
    int moved = owners.parents();
    people.administrators();
    var subjects = new LaterSubjects(rows, ids, states);
    subjects.subjects();
    subjects.registrations(now);
    var nodes = new LaterNodes(rows, ids, states);
    nodes.nodes();
    nodes.tokens();
    nodes.traces();
    nodes.inventory();
    var executions = new LaterExecutions(rows, ids);
    executions.take();
    int certificates = executions.certificates();
    executions.revoked();
    var history = new LaterHistory(rows);
    history.authorities();
    int bars = subjects.bars();
    int names = subjects.spentNames();
    int members = subjects.sets();
    int events = history.events();
    history.meta();
    return new Taken(
        states.stricter(),
        states.added(),
        nodes.suspended(),
        moved,
        members,
        names,
        bars,
        certificates,
        events);
  }
}
