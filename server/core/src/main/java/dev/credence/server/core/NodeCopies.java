package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.Node;
import dev.credence.server.core.model.NodeState;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;
import java.util.Optional;

/// Notices inside a transaction that a node's data folder is in use twice, and suspends the node: a
/// copied disk is a stolen key. An administrator decides what then.
///
/// Five signs. A daemon start that settles its stream again after another one did: the first was
/// alive all the time, since only a living daemon answers the welcome. One that is kept from
/// settling, but opens its stream again and again after others did. A renewal from a serial whose
/// successor is in use: a daemon keeps the new SVID before it shows it, so it would never go back.
/// And two successors of one serial that are both in use. And an SVID of another key than the
/// pinned one: a machine that joined again by the same certificate (x509pop) replaced that key, so
/// two machines have it. A restart (a new start id), a reconnect (the same as the newest), an
/// opening of a daemon that is gone which comes late (once), and an answer that was lost on its way
/// (a successor that nobody showed) are none of these.
final class NodeCopies {
  /// What a daemon that is gone left on its way may come late, but not that often.
  private static final int RETURNS = 3;

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

  /// A start opens a stream, before the node is marked as its.
  ///
  /// @return true: the node is suspended now
  boolean opens(Transaction tx, Node node, Id start) {
    Optional<Id> last = node.presence().startId();
    if (last.isEmpty()
        || last.get().equals(start)
        || !tx.nodeTraces().hasSettled(node.id(), start)
        || tx.nodeTraces().returned(node.id(), start) < RETURNS) {
      return false;
    }
    suspend(
        tx,
        node,
        Texts.format(
            "its key is used by two daemons: start id %s opened a stream %d times after others did,"
                + " at last %s (a copied data folder)",
            start, RETURNS, last.get()));
    return true;
  }

  /// The node shows an SVID of this key. Another one than the pinned one is a sign once: if an
  /// administrator took the node back since, that decided for the pinned one, and whoever has the
  /// other is refused and nothing else. Else an old disk would end the node's executions at will.
  ///
  /// @return true: the node is suspended now
  boolean comesWith(Transaction tx, Node node, Sha256 key) throws ServerException {
    requireNotDecidedAgainst(tx, node, key);
    if (node.key().equals(key)) {
      return false;
    }
    suspend(
        tx,
        node,
        Texts.format(
            "an SVID of its earlier key %s is in use, and so is its newer key %s (two machines with one"
                + " certificate, or a stolen data folder)",
            key, node.key()));
    return true;
  }

  /// Refuses another key than the pinned one if an administrator decided for that. Asked before
  /// anything is begun for who shows it, too: a refused one takes the place of nobody.
  void requireNotDecidedAgainst(View view, Node node, Sha256 key) throws ServerException {
    if (!node.key().equals(key) && view.nodeTraces().isDecided(node.id(), node.key())) {
      throw new ServerException(
          Kind.REFUSED,
          Texts.format(
              "node %s: key %s is an earlier one of it (expected: %s, which was pinned when an"
                  + " administrator resumed the node)",
              node.id(), key, node.key()));
    }
  }

  /// The node shows this serial.
  ///
  /// @return true: the node is suspended now
  boolean shows(Transaction tx, Node node, String serial) {
    tx.nodeTraces().used(node.id(), serial);
    Optional<String> twin = tx.nodeTraces().usedTwin(node.id(), serial);
    twin.ifPresent(other ->
        suspend(
            tx,
            node,
            Texts.format(
                "its key is used by two daemons: serials %s and %s, renewed from the same one, are"
                    + " both in use (a copied data folder, or one from a backup)",
                other, serial)));
    return twin.isPresent();
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
