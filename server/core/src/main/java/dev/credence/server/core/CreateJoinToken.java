package dev.credence.server.core;

import dev.credence.attestors.join.JoinToken;
import dev.credence.attestors.join.JoinTokenSecret;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.JoinTokenRecord;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// Makes a join token: one string by which one machine becomes a node. The server keeps only a
/// digest of the secret. Thread-safe.
public final class CreateJoinToken {
  private static final Duration STANDARD_TTL = Duration.ofMinutes(10);
  private static final Duration SHORTEST_TTL = Duration.ofSeconds(10);
  private static final Duration LONGEST_TTL = Duration.ofHours(24);
  private static final Duration FORGOTTEN_AFTER = Duration.ofDays(30);
  private static final int FORGET_AT_ONCE = 16;
  private static final String OPERATION = "create-join-token";

  private final Plumbing plumbing;
  private final CoreSettings settings;
  private final Trust trust;
  private final ServerPresence presence;
  private final TokenSecrets secrets;

  CreateJoinToken(Plumbing plumbing, CoreSettings settings, Trust trust, ServerPresence presence) {
    this.presence = presence;
    this.plumbing = plumbing;
    this.settings = settings;
    this.trust = trust;
    this.secrets = new TokenSecrets(plumbing.random());
  }

  /// What is asked for, not yet checked.
  ///
  /// @param ttl empty: 10 minutes; at most 24 hours
  /// @param labels of the node that redeems it
  public record NewToken(Optional<Duration> ttl, Map<String, String> labels) {
    public NewToken {
      labels = Map.copyOf(labels);
    }
  }

  /// The token leaves the server only here. Repeated with the same id it is the same, as long as
  /// the server runs. Errors: INVALID, REQUEST_REUSED, ALREADY_EXISTS (made before the server's
  /// start: its secret is not known any more), UNAVAILABLE.
  public CreatedToken run(Actor actor, RequestId request, NewToken asked) throws ServerException {
    return run(actor, request, asked, "");
  }

  /// The same.
  ///
  /// @param reason why, for the event; may be empty
  public CreatedToken run(Actor actor, RequestId request, NewToken asked, String reason)
      throws ServerException {
    return plumbing
        .refusals()
        .watch(actor, OPERATION, About.nothing(), () -> create(actor, request, asked, reason));
  }

  private CreatedToken create(Actor actor, RequestId request, NewToken asked, String reason)
      throws ServerException {
    check(asked, reason);
    var fingerprint =
        Fingerprint.of(OPERATION)
            .maybe(asked.ttl)
            .texts(Labels.sorted(asked.labels))
            .text(reason)
            .digest();
    var call = new Call(actor, request, fingerprint);
    JoinTokenSecret secret = secrets.of(call);
    var token =
        new JoinToken(settings.address().get(), settings.trustDomain(), trust.pins(), secret)
            .with(
                plumbing
                    .database()
                    .read(view -> presence.otherAddresses(view, plumbing.database().now())));
    return plumbing
        .writes()
        .write(call, new Format(token), tx -> insert(tx, call, token, new Reasoned(asked, reason)));
  }

  private record Reasoned(NewToken asked, String reason) {}

  private static void check(NewToken asked, String reason) throws ServerException {
    var problems = new Problems();
    problems.text("reason", reason, ChangeRunner.LONGEST_REASON);
    asked
        .ttl
        .filter(ttl ->
            ttl.compareTo(SHORTEST_TTL) < 0
                || ttl.compareTo(LONGEST_TTL) > 0
                || !Durations.isWhole(ttl))
        .ifPresent(ttl ->
            problems.add(
                Texts.format(
                    "ttl: %s (expected: whole seconds, 10s to 24h)", Durations.text(ttl))));
    Labels.check(asked.labels, problems);
    problems.throwIfAny();
  }

  private CreatedToken insert(Transaction tx, Call call, JoinToken token, Reasoned reasoned) {
    NewToken asked = reasoned.asked;
    Instant now = plumbing.database().now();
    Instant expiresAt = now.plus(asked.ttl.orElse(STANDARD_TTL));
    tx.nodes().forgetTokens(now.minus(FORGOTTEN_AFTER), FORGET_AT_ONCE);
    tx.nodes()
        .insert(
            new JoinTokenRecord(
                token.secret().digest(),
                asked.labels,
                expiresAt,
                Optional.empty(),
                new JoinTokenRecord.Origin(call.actor().label(), Optional.empty())));
    plumbing
        .journal()
        .append(
            tx,
            Details.of("token", Labels.shortDigest(token.secret().digest()))
                .and("expires-at", expiresAt)
                .and("labels", String.join(" ", Labels.sorted(asked.labels)))
                .and("reason", reasoned.reason)
                .event(EventKind.JOIN_TOKEN_CREATED, call.actor(), About.nothing(), call.request()),
            now);
    return new CreatedToken(token, expiresAt);
  }

  /// Remembers only when the token expires; the secret comes from the request again.
  private record Format(JoinToken token) implements AnswerFormat<CreatedToken> {
    @Override
    public byte[] encode(CreatedToken answer) {
      return ByteBuffer.allocate(Long.BYTES).putLong(0, answer.expiresAt().toEpochMilli()).array();
    }

    @Override
    public CreatedToken decode(View view, byte[] bytes) throws ServerException {
      if (view.nodes().token(token.secret().digest()).isEmpty()) {
        throw new ServerException(
            Kind.ALREADY_EXISTS,
            "join token: made for this request before the server's start, and its secret is kept"
                + " nowhere (expected: a new request)");
      }
      return new CreatedToken(token, Instant.ofEpochMilli(ByteBuffer.wrap(bytes).getLong()));
    }
  }
}
