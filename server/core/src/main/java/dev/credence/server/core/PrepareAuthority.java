package dev.credence.server.core;

import dev.credence.server.core.AuthorityChange.Effects;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.AuthorityKind;
import dev.credence.server.core.model.AuthorityRecord;
import dev.credence.server.core.model.AuthorityState;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.port.Transaction;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Makes a new authority and puts it into the bundle, so that everybody knows it before it signs.
/// Its key is on the disk before the record is written: after a crash in between there is a key
/// that nothing refers to. Thread-safe.
public final class PrepareAuthority {
  private static final String OPERATION = "prepare-authority";

  /// Authorities of one kind and server in a bundle: each goes to every workload, and into join
  /// tokens.
  private static final int MOST_TRUSTED = 8;

  private final AuthorityParts parts;
  private final AuthorityAnswers format;

  PrepareAuthority(AuthorityParts parts) {
    this.parts = parts;
    this.format = new AuthorityAnswers(parts);
  }

  /// Errors: EXHAUSTED (too many are in the bundle), REQUEST_REUSED, UNAVAILABLE.
  ///
  /// @param reason why, for the record
  public AuthorityChange run(Actor actor, RequestId request, AuthorityKind kind, String reason)
      throws ServerException {
    return parts
        .plumbing()
        .refusals()
        .watch(actor, OPERATION, About.nothing(), () -> prepare(actor, request, kind, reason));
  }

  private AuthorityChange prepare(Actor actor, RequestId request, AuthorityKind kind, String reason)
      throws ServerException {
    AuthorityParts.checkReason(reason);
    var call =
        new Call(
            actor, request, Fingerprint.of(OPERATION).text(kind.label()).text(reason).digest());
    RepeatableWrites writes = parts.plumbing().writes();
    Optional<AuthorityChange> earlier =
        parts
            .plumbing()
            .database()
            .read(view -> {
              Optional<AuthorityChange> answer = writes.earlier(call, format, view);
              if (answer.isEmpty()) {
                requireRoom(view.authorities().all(), kind);
              }
              return answer;
            });
    if (earlier.isPresent()) {
      return earlier.get();
    }
    HeldKey made = make(kind);
    AuthorityChange done = writes.write(call, format, tx -> insert(tx, call, made, reason));
    if (done.authority().record().id().equals(made.id())) {
      parts.trust().hold(made);
    } else {
      parts.destroyKey(made.id()); // the same request, answered twice at once
    }
    return done;
  }

  private HeldKey make(AuthorityKind kind) throws ServerException {
    try {
      return HeldKey.create(
          parts.setup(), kind, parts.trust().trustDomain(), parts.plumbing().database().now());
    } catch (IOException e) {
      throw new ServerException(Kind.UNAVAILABLE, "the new authority's key cannot be kept", e);
    }
  }

  private void requireRoom(List<AuthorityRecord> all, AuthorityKind kind) throws ServerException {
    long trusted =
        all.stream()
            .filter(it -> parts.trust().isOwn(it) && it.kind() == kind && it.state().isTrusted())
            .count();
    if (trusted >= MOST_TRUSTED) {
      throw new ServerException(
          Kind.EXHAUSTED,
          Texts.format(
              "%d %s authorities of this server are in the bundle (expected: fewer than %d; revoke old ones"
                  + " first)",
              trusted, kind.label(), MOST_TRUSTED));
    }
  }

  private AuthorityChange insert(Transaction tx, Call call, HeldKey made, String reason)
      throws ServerException {
    requireRoom(tx.authorities().all(), made.kind());
    Instant now = parts.plumbing().database().now();
    var record =
        new AuthorityRecord(
            made.id(),
            parts.trust().server(),
            made.kind(),
            AuthorityState.PREPARED,
            made.material(),
            tx.authorities().nextBundleSequence(),
            new AuthorityRecord.Times(now, now));
    tx.authorities().insert(record);
    parts
        .plumbing()
        .journal()
        .append(
            tx,
            Details.of("authority", record.id())
                .and("kind", record.kind().label())
                .and("new-state", record.state().label())
                .and("key", made.digest())
                .and("not-after", record.material().notAfter())
                .and("bundle", record.publishedIn())
                .and("reason", reason)
                .event(EventKind.AUTHORITY_PREPARED, call.actor(), About.nothing(), call.request()),
            now);
    parts.trust().publishAfter(tx);
    return new AuthorityChange(
        new AuthorityView(record, 0, true), Optional.empty(), Effects.none(), false);
  }
}
