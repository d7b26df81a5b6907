package dev.credence.server.core;

import dev.credence.certs.Name;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.port.Transaction;

/// Join tokens of one administrator: worth nothing any more from the moment that their maker is.
/// Those that were redeemed are nodes, and stay so.
final class JoinTokensOf {
  private final Name administrator;

  JoinTokensOf(Name administrator) {
    this.administrator = administrator;
  }

  /// Voids those that nobody redeemed, with one event if there are any.
  ///
  /// @param because what became of the administrator
  void voided(Transaction tx, Journal journal, Occasion occasion, String because) {
    int voided =
        tx.nodes().voidTokens(new Actor.Administrator(administrator).label(), occasion.now());
    if (voided == 0) {
      return;
    }
    journal.append(
        tx,
        Details.of("administrator", administrator)
            .and("tokens", voided)
            .and("because", because)
            .and("reason", occasion.reason())
            .event(
                EventKind.JOIN_TOKENS_VOIDED,
                occasion.actor(),
                About.nothing(),
                occasion.request()),
        occasion.now());
  }
}
