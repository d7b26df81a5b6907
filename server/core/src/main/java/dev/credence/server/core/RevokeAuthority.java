package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.AuthorityChange.Effects;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.AuthorityKind;
import dev.credence.server.core.model.AuthorityRecord;
import dev.credence.server.core.model.AuthorityState;
import dev.credence.server.core.model.CertificateRecord;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Takes an authority out of the bundle, everywhere: what it signed is invalid from then on.
/// Refuses as long as a live certificate hangs on it, or a token that it signed may be valid,
/// unless forced. Its key is destroyed. Any server may be asked. Thread-safe.
public final class RevokeAuthority {
  private static final String OPERATION = "revoke-authority";
  private static final int EXAMPLES = 5;

  private final AuthorityParts parts;
  private final AuthorityAnswers format;

  RevokeAuthority(AuthorityParts parts) {
    this.parts = parts;
    this.format = new AuthorityAnswers(parts);
  }

  /// What is asked for.
  ///
  /// @param force although live certificates hang on it
  /// @param reason why, for the record
  public record Asked(Id id, boolean force, String reason) {}

  /// Errors: NOT_FOUND; BLOCKED (it is active or revoked, or live certificates hang on it);
  /// REQUEST_REUSED, UNAVAILABLE.
  public AuthorityChange run(Actor actor, RequestId request, Asked asked) throws ServerException {
    return parts
        .plumbing()
        .refusals()
        .watch(actor, OPERATION, About.nothing(), () -> revoke(actor, request, asked));
  }

  /// What [#run] would do now. Live certificates are named, not refused.
  public AuthorityChange wouldDo(Id id) throws ServerException {
    return parts
        .plumbing()
        .database()
        .read(view -> {
          AuthorityRecord record = revocable(view, id);
          AuthorityRecord after =
              record.become(AuthorityState.REVOKED, parts.plumbing().database().now());
          return change(view, after, record.state(), true);
        });
  }

  private AuthorityChange revoke(Actor actor, RequestId request, Asked asked)
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
    leave(asked.id);
    AuthorityChange done =
        parts.plumbing().writes().write(call, format, tx -> change(tx, call, asked));
    parts.destroyKey(asked.id);
    return done;
  }

  /// The server's own SVID must not hang on it any more. Whether it is refused is decided later.
  private void leave(Id id) throws ServerException {
    AuthorityState state = parts.plumbing().database().read(view -> parts.find(view, id)).state();
    if (state != AuthorityState.ACTIVE && state != AuthorityState.REVOKED) {
      parts.identity().leave(id);
    }
  }

  private AuthorityRecord revocable(View view, Id id) throws ServerException {
    AuthorityRecord record = parts.find(view, id);
    AuthorityState state = record.state();
    if (state == AuthorityState.ACTIVE || state == AuthorityState.REVOKED) {
      throw new ServerException(
          Kind.BLOCKED,
          Texts.format("authority %s: %s (expected: prepared, old or tainted)", id, state.label()));
    }
    return record;
  }

  private AuthorityChange change(Transaction tx, Call call, Asked asked) throws ServerException {
    AuthorityRecord record = revocable(tx, asked.id);
    AuthorityRecord after =
        record.become(AuthorityState.REVOKED, parts.plumbing().database().now());
    AuthorityChange change = change(tx, after, record.state(), false);
    if (change.authority().live() > 0 && !asked.force) {
      throw inUse(change);
    }
    requireNoTokens(record, asked);
    tx.authorities().update(after);
    long sequence = tx.authorities().nextBundleSequence();
    parts
        .plumbing()
        .journal()
        .append(
            tx,
            AuthorityParts.details(record, after.state())
                .and("forced", asked.force)
                .and("live", change.authority().live())
                .and("bundle", sequence)
                .and("reason", asked.reason)
                .event(EventKind.AUTHORITY_REVOKED, call.actor(), About.nothing(), call.request()),
            parts.plumbing().database().now());
    parts.trust().publishAfter(tx);
    return change;
  }

  /// Tokens are not kept: one that was signed last may live for as long as any.
  private void requireNoTokens(AuthorityRecord record, Asked asked) throws ServerException {
    boolean signed =
        record.kind() == AuthorityKind.JWT && record.state() != AuthorityState.PREPARED;
    Instant until = record.times().changed().plus(IssueJwtSvid.LONGEST_TTL);
    if (signed && !asked.force && until.isAfter(parts.plumbing().database().now())) {
      throw new ServerException(
          Kind.BLOCKED,
          Texts.format(
              "authority %s: tokens that it signed may be valid until %s (expected: none; wait until then, or force"
                  + " it: they become invalid)",
              record.id(), until));
    }
  }

  private static ServerException inUse(AuthorityChange change) {
    return new ServerException(
        Kind.BLOCKED,
        Texts.format(
            "authority %s: %d live certificates hang on it: %s (expected: none; taint it and wait for"
                + " the renewals, or force it: they become invalid)",
            change.authority().record().id(),
            change.authority().live(),
            AuthorityParts.some(
                change.effects().examples().stream().map(RevokeAuthority::named).toList())));
  }

  private static String named(CertificateRecord certificate) {
    String holder =
        certificate
            .holder()
            .execution()
            .map(id -> "execution " + id)
            .or(() -> certificate.holder().node().map(id -> "node " + id))
            .orElse("an administrator");
    return Texts.format("%s until %s", holder, certificate.notAfter());
  }

  private AuthorityChange change(
      View view, AuthorityRecord after, AuthorityState before, boolean dryRun) {
    return new AuthorityChange(
        parts.shown(view, after),
        Optional.of(before),
        new Effects(
            Optional.empty(),
            List.of(),
            view.authorities().live(after.id(), parts.plumbing().database().now(), EXAMPLES),
            Duration.ZERO),
        dryRun);
  }
}
