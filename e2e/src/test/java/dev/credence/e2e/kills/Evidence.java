package dev.credence.e2e.kills;

import dev.credence.proto.admin.v1.Event;
import dev.credence.proto.admin.v1.Execution;
import dev.credence.proto.admin.v1.Node;
import dev.credence.proto.admin.v1.Subject;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/// What an operator reads of a server at one time.
///
/// @param events all of them, in the order in which they were given out
/// @param agents all of them
/// @param nodes all of them
/// @param running executions that have not ended
/// @param listed serials on the revocation lists
/// @param at when it was read
record Evidence(
    List<Event> events,
    List<Subject> agents,
    List<Node> nodes,
    List<Execution> running,
    Set<BigInteger> listed,
    Instant at) {

  Evidence {
    events = List.copyOf(events);
    agents = List.copyOf(agents);
    nodes = List.copyOf(nodes);
    running = List.copyOf(running);
    listed = Set.copyOf(listed);
  }
}
