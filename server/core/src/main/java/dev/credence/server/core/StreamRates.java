package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.ServerException.Kind;
import java.time.Clock;

/// How fast a node may open streams, and send on them. Thread-safe.
///
/// A daemon that settled before has a share of its own, so that who uses the same key cannot keep
/// it away by opening streams as fast as it can: a copied data folder is noticed when its owner
/// comes back.
final class StreamRates {
  /// What is needed after a restart of everything, and never again by a node that backs off.
  private static final int OPENED_PER_SECOND = 2;

  private static final int OPENED_AT_ONCE = 120;

  /// A node sends a lease each 30 seconds, and at most 1,000 refusals in 10.
  private static final int MESSAGES_PER_SECOND = 100;

  private static final int MESSAGES_AT_ONCE = 2_000;

  private final Database database;
  private final NodeRates opened;
  private final NodeRates returning;
  private final NodeRates messages;

  StreamRates(Database database, Clock clock) {
    var opens = new NodeRates.Rate(OPENED_PER_SECOND, OPENED_AT_ONCE, "streams opened");
    this.database = database;
    this.opened = new NodeRates(opens, clock);
    this.returning = new NodeRates(opens, clock);
    this.messages =
        new NodeRates(
            new NodeRates.Rate(MESSAGES_PER_SECOND, MESSAGES_AT_ONCE, "messages on its stream"),
            clock);
  }

  /// A stream is to be opened.
  ///
  /// @throws ServerException EXHAUSTED
  void open(Id node, Id start) throws ServerException {
    try {
      opened.enter(node);
    } catch (ServerException e) {
      if (e.kind() != Kind.EXHAUSTED
          || !database.read(view -> view.nodeTraces().hasSettled(node, start))) {
        throw e;
      }
      returning.enter(start);
    }
  }

  /// A message came on its stream.
  ///
  /// @throws ServerException EXHAUSTED
  void message(Id node) throws ServerException {
    messages.enter(node);
  }

  /// Forgets who was quiet for long enough.
  void forgetFull() {
    opened.forgetFull();
    returning.forgetFull();
    messages.forgetFull();
  }
}
