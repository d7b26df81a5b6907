package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.AuthorityChange.Effects;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.AuthorityRecord;
import dev.credence.server.core.model.AuthorityState;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;
import java.util.List;
import java.util.Optional;

/// Has everything that an old authority signed renewed with the active one, at once but spread. It
/// stays in the bundle until it is revoked, so nothing breaks meanwhile. Its key signs nothing any
/// more but its revocation list. Any server may be asked. Thread-safe.
public final class TaintAuthority {
  private static final String OPERATION = "taint-authority";
  private static final int EXAMPLES = 5;

  private final AuthorityParts parts;
  private final AuthorityAnswers format;

  TaintAuthority(AuthorityParts parts) {
    this.parts = parts;
    this.format = new AuthorityAnswers(parts);
  }

  /// Errors: NOT_FOUND, BLOCKED (it is not old), REQUEST_REUSED, UNAVAILABLE.
  ///
  /// @param reason why, for the record
  public AuthorityChange run(Actor actor, RequestId request, Id id, String reason)
      throws ServerException {
    return parts
        .plumbing()
        .refusals()
        .watch(actor, OPERATION, About.nothing(), () -> taint(actor, request, id, reason));
  }

  /// What [#run] would do now.
  public AuthorityChange wouldDo(Id id) throws ServerException {
    return parts
        .plumbing()
        .database()
        .read(view -> {
          AuthorityRecord record = taintable(view, id);
          AuthorityRecord after =
              record.become(AuthorityState.TAINTED, parts.plumbing().database().now());
          return change(view, record.state(), after, true);
        });
  }

  private AuthorityChange taint(Actor actor, RequestId request, Id id, String reason)
      throws ServerException {
    AuthorityParts.checkReason(reason);
    var call = new Call(actor, request, Fingerprint.of(OPERATION).id(id).text(reason).digest());
    AuthorityChange done =
        parts.plumbing().writes().write(call, format, tx -> change(tx, call, id, reason));
    parts.identity().renewIfDue();
    return done;
  }

  private AuthorityRecord taintable(View view, Id id) throws ServerException {
    AuthorityRecord record = parts.find(view, id);
    boolean orphan = record.state() == AuthorityState.ACTIVE && parts.isOrphaned(view, record);
    if (record.state() != AuthorityState.OLD && !orphan) {
      throw new ServerException(
          Kind.BLOCKED,
          Texts.format(
              "authority %s: %s (expected: old, or its server does not run; an active one is tainted after another was"
                  + " activated, a prepared one is revoked)",
              id, record.state().label()));
    }
    return record;
  }

  private AuthorityChange change(Transaction tx, Call call, Id id, String reason)
      throws ServerException {
    AuthorityRecord record = taintable(tx, id);
    AuthorityRecord after = parts.become(tx, record, AuthorityState.TAINTED);
    long sequence = tx.authorities().nextBundleSequence();
    AuthorityChange change = change(tx, record.state(), after, false);
    parts
        .plumbing()
        .journal()
        .append(
            tx,
            AuthorityParts.details(record, after.state())
                .and("live", change.authority().live())
                .and("renew-within", change.effects().renewWithin())
                .and("bundle", sequence)
                .and("reason", reason)
                .event(EventKind.AUTHORITY_TAINTED, call.actor(), About.nothing(), call.request()),
            parts.plumbing().database().now());
    parts.trust().publishAfter(tx);
    return change;
  }

  private AuthorityChange change(
      View view, AuthorityState before, AuthorityRecord after, boolean dryRun) {
    AuthorityView shown = parts.shown(view, after);
    return new AuthorityChange(
        shown,
        Optional.of(before),
        new Effects(
            Optional.empty(),
            List.of(),
            view.authorities().live(after.id(), parts.plumbing().database().now(), EXAMPLES),
            Trust.spread(shown.live())),
        dryRun);
  }
}
