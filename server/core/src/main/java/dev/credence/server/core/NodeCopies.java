package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.Node;
import dev.credence.server.core.model.NodeState;
import dev.credence.server.core.port.Transaction;
import java.util.Optional;

/// Notices inside a transaction that a node's data folder is in use twice, and suspends the node: a
/// copied disk is a stolen key. An administrator decides what then.
///
/// Two signs. A daemon start that settles its stream again after another one did: the first was
/// alive all the time, since only a living daemon answers the welcome. And a renewal from a serial
/// whose successor is in use: a daemon keeps the new SVID before it shows it, so it would never go
/// back. A restart (a new start id), a reconnect (the same as the newest), and an answer that was
/// lost on its way (a successor that nobody showed) are none of these.
final class NodeCopies {
  private final Plumbing plumbing;
  private final NodeShutOut shutOut;

  NodeCopies(Plumbing plumbing, NodeShutOut shutOut) {
    this.plumbing = plumbing;
    this.shutOut = shutOut;
  }

  /// A start answered the welcome.
  ///
  /// @return true: the node is suspended now
  boolean settles(Transaction tx, Node node, Id start) {
    Optional<Id> newest = tx.nodeTraces().newestStart(node.id());
    if (newest.equals(Optional.of(start))) {
      return false;
    }
    if (newest.isEmpty() || !tx.nodeTraces().hasSettled(node.id(), start)) {
      tx.nodeTraces().settled(node.id(), start, plumbing.database().now());
      return false;
    }
    suspend(
        tx,
        node,
        Texts.format(
            "its key is used by two daemons: start id %s is back after %s (a copied data folder)",
            start, newest.get()));
    return true;
  }

  /// The node wants a new SVID, and shows this one.
  ///
  /// @return true: the node is suspended now
  boolean renews(Transaction tx, Node node, String serial) {
    Optional<String> successor = tx.nodeTraces().usedSuccessor(node.id(), serial);
    successor.ifPresent(used ->
        suspend(
            tx,
            node,
            Texts.format(
                "its key is used by two daemons: a renewal from serial %s, whose successor %s is in use (a"
                    + " copied data folder, or one from a backup)",
                serial, used)));
    return successor.isPresent();
  }

  private void suspend(Transaction tx, Node node, String why) {
    int _ =
        shutOut.run(
            tx,
            node,
            NodeState.SUSPENDED,
            new ExecutionEnd.Why(new Actor.Server(), why, Optional.empty()));
  }
}
