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
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Lets an authority sign from now on; the one before becomes old. Only after every node that
/// serves has acknowledged a bundle with it: otherwise SVIDs would be shown to processes that
/// cannot verify them. Thread-safe.
public final class ActivateAuthority {
  private static final String OPERATION = "activate-authority";

  private final AuthorityParts parts;
  private final AuthorityAnswers format;

  ActivateAuthority(AuthorityParts parts) {
    this.parts = parts;
    this.format = new AuthorityAnswers(parts);
  }

  /// What is asked for.
  ///
  /// @param force although nodes have not acknowledged it
  /// @param reason why, for the record
  public record Asked(Id id, boolean force, String reason) {}

  /// Errors: NOT_FOUND; BLOCKED (it is tainted or revoked, has expired, or nodes have not
  /// acknowledged it); REQUEST_REUSED, UNAVAILABLE.
  public AuthorityChange run(Actor actor, RequestId request, Asked asked) throws ServerException {
    return parts
        .plumbing()
        .refusals()
        .watch(actor, OPERATION, About.nothing(), () -> activate(actor, request, asked));
  }

  /// What [#run] would do now. Nodes that have not acknowledged it are named, not refused.
  public AuthorityChange wouldDo(Id id) throws ServerException {
    return parts
        .plumbing()
        .database()
        .read(view -> {
          AuthorityRecord record = activatable(view, id);
          AuthorityRecord after =
              record.become(AuthorityState.ACTIVE, parts.plumbing().database().now());
          return new AuthorityChange(
              parts.shown(view, after), Optional.of(record.state()), effects(view, record), true);
        });
  }

  private AuthorityChange activate(Actor actor, RequestId request, Asked asked)
      throws ServerException {
    AuthorityParts.checkReason(asked.reason);
    var call =
        new Call(
            actor,
            request,
            Fingerprint.of(OPERATION)
                .id(asked.id)
                .number(asked.force ? 1 : 0)
                .text(asked.reason)
                .digest());
    holdKey(parts.plumbing().database().read(view -> parts.find(view, asked.id)));
    AuthorityChange done =
        parts.plumbing().writes().write(call, format, tx -> change(tx, call, asked));
    parts.identity().renewIfDue();
    return done;
  }

  private void holdKey(AuthorityRecord record) throws ServerException {
    parts.requireOwn(record);
    if (parts.trust().holds(record.id()) || !record.state().isSound()) {
      return;
    }
    try {
      parts.trust().hold(HeldKey.load(parts.setup(), parts.trust().trustDomain(), record));
    } catch (IOException e) {
      throw new ServerException(
          Kind.BLOCKED,
          Texts.format("authority %s: its key is not usable: %s", record.id(), e.getMessage()),
          e);
    }
  }

  private AuthorityRecord activatable(View view, Id id) throws ServerException {
    AuthorityRecord record = parts.find(view, id);
    parts.requireOwn(record);
    AuthorityState state = record.state();
    if (state != AuthorityState.PREPARED && state != AuthorityState.OLD) {
      throw new ServerException(
          Kind.BLOCKED,
          Texts.format("authority %s: %s (expected: prepared or old)", id, state.label()));
    }
    if (!record.material().notAfter().isAfter(parts.plumbing().database().now())) {
      throw new ServerException(
          Kind.BLOCKED,
          Texts.format(
              "authority %s: expired at %s (expected: a valid one)",
              id, record.material().notAfter()));
    }
    return record;
  }

  private Effects effects(View view, AuthorityRecord record) {
    return new Effects(
        parts.active(view, record).map(AuthorityRecord::id),
        parts
            .acknowledgements()
            .missing(view, record.publishedIn(), parts.plumbing().database().now()),
        List.of(),
        Duration.ZERO);
  }

  private AuthorityChange change(Transaction tx, Call call, Asked asked) throws ServerException {
    AuthorityRecord record = activatable(tx, asked.id);
    Effects effects = effects(tx, record);
    if (!effects.unacknowledged().isEmpty() && !asked.force) {
      throw new ServerException(
          Kind.BLOCKED,
          Texts.format(
              "authority %s: %d nodes have not acknowledged a bundle with it: %s (expected: all that"
                  + " serve; wait for them, or force it: their processes cannot verify what it signs)",
              asked.id,
              effects.unacknowledged().size(),
              AuthorityParts.some(effects.unacknowledged())));
    }
    Optional<AuthorityRecord> before = parts.active(tx, record);
    if (before.isPresent()) {
      var _ = parts.become(tx, before.get(), AuthorityState.OLD);
    }
    AuthorityRecord after = parts.become(tx, record, AuthorityState.ACTIVE);
    parts
        .plumbing()
        .journal()
        .append(
            tx,
            AuthorityParts.details(record, after.state())
                .and("replaced", before.map(AuthorityRecord::id).map(Id::toString).orElse(""))
                .and("forced", asked.force)
                .and("unacknowledged", effects.unacknowledged().size())
                .and("reason", asked.reason)
                .event(
                    EventKind.AUTHORITY_ACTIVATED, call.actor(), About.nothing(), call.request()),
            parts.plumbing().database().now());
    parts.trust().publishAfter(tx);
    return new AuthorityChange(parts.shown(tx, after), Optional.of(record.state()), effects, false);
  }
}
