package dev.credence.server.core;

import dev.credence.certs.Audiences;
import dev.credence.certs.ExecutionFacts;
import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import dev.credence.certs.issue.IssuedJwt;
import dev.credence.certs.issue.JwtTemplate;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.model.Node;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A JWT-SVID for a running execution, on the attestation that its newest certificate rests on.
///
/// What the token will say is decided and recorded in the transaction, and signed after its commit:
/// a token without its event cannot exist. The token itself is kept nowhere; the same question
/// again is signed again, with the same id and times. Thread-safe.
public final class IssueJwtSvid {
  /// DESIGN §2: a token is a bearer's.
  static final Duration LONGEST_TTL = Duration.ofMinutes(5);

  private static final Duration SHORTEST_TTL = Duration.ofSeconds(1);
  private static final String OPERATION = "issue-jwt-svid";

  private final Plumbing plumbing;
  private final CoreSettings settings;
  private final NodeStreams streams;
  private final JwtIssuer issuer;
  private final NodeRates rates;

  IssueJwtSvid(
      Plumbing plumbing,
      CoreSettings settings,
      NodeStreams streams,
      JwtIssuer issuer,
      NodeRates rates) {
    this.plumbing = plumbing;
    this.settings = settings;
    this.streams = streams;
    this.issuer = issuer;
    this.rates = rates;
  }

  /// What a node asks for.
  ///
  /// @param startId of this start of its daemon
  /// @param audiences whom the token is meant for
  /// @param ttl empty: 5 minutes, which is also the most
  public record Asked(Id startId, Id execution, List<String> audiences, Optional<Duration> ttl) {
    public Asked {
      audiences = List.copyOf(audiences);
    }
  }

  /// Errors: INVALID (audiences, lifetime), NOT_FOUND (not or no longer running), REFUSED (hosted
  /// by another node; not active; barred; no JWT-SVIDs for it), NOT_ATTESTED (what is known of the
  /// process does not satisfy its registration any more), STALE (start id), EXHAUSTED,
  /// REQUEST_REUSED, UNAVAILABLE (not settled; the authority may not sign).
  ///
  /// @param node the caller, known by its SVID
  public IssuedJwtSvid run(Id node, RequestId request, Asked asked) throws ServerException {
    var actor = new Actor.Node(node);
    var about =
        new About(
            Optional.empty(), Optional.empty(), Optional.of(node), Optional.of(asked.execution));
    return plumbing
        .refusals()
        .watch(
            actor,
            OPERATION,
            about,
            () -> {
              rates.enter(node);
              check(asked);
              return issue(node, new Call(actor, request, fingerprint(asked)), asked);
            });
  }

  private static void check(Asked asked) throws ServerException {
    Duration ttl = asked.ttl.orElse(LONGEST_TTL);
    if (ttl.compareTo(SHORTEST_TTL) < 0
        || ttl.compareTo(LONGEST_TTL) > 0
        || !Durations.isWhole(ttl)) {
      throw new ServerException(
          Kind.INVALID,
          Texts.format("ttl: %s (expected: whole seconds, 1s to 5m)", Durations.text(ttl)));
    }
    try {
      Audiences.check(asked.audiences);
    } catch (IllegalArgumentException e) {
      throw new ServerException(Kind.INVALID, String.valueOf(e.getMessage()), e);
    }
  }

  private static Sha256 fingerprint(Asked asked) {
    return Fingerprint.of(OPERATION)
        .id(asked.startId)
        .id(asked.execution)
        .texts(asked.audiences)
        .maybe(asked.ttl)
        .digest();
  }

  private IssuedJwtSvid issue(Id node, Call call, Asked asked) throws ServerException {
    var issuing = new Issuing(node, asked);
    Token token =
        plumbing.writes().write(call, issuing, tx -> record(tx, call, issuing.decide(tx)));
    Admission.Admitted admitted = token.basis.admitted;
    var template =
        new JwtTemplate(
            admitted.subject().handle().identity().in(settings.trustDomain()),
            asked.audiences,
            facts(token.basis),
            token.id,
            token.period);
    IssuedJwt issued = issuer.sign(template, admitted.subject().handle().kind().label());
    return new IssuedJwtSvid(
        template.id(), issued.token(), token.period.issuedAt(), token.period.expiry());
  }

  private static ExecutionFacts facts(Basis basis) {
    Subject subject = basis.admitted.subject();
    var attested = basis.admitted.attested();
    return ExecutionFacts.builder()
        .ownerId(subject.handle().ownerId())
        .agentId(subject.id())
        .executionId(basis.execution)
        .process()
        .attested(
            attested.digest(), attested.attestation().code(), attested.attestation().isolation())
        .build();
  }

  private Token record(Transaction tx, Call call, Token token) {
    Admission.Admitted admitted = token.basis.admitted;
    Id node = ((Actor.Node) call.actor()).id();
    plumbing
        .journal()
        .append(
            tx,
            Details.of("token", token.id)
                .and("audiences", String.join(" ", token.audiences))
                .and("expires-at", token.period.expiry())
                .and("registration", admitted.registration().id())
                .event(
                    EventKind.JWT_SVID_ISSUED,
                    call.actor(),
                    WorkloadCertificates.about(token.basis.execution, node, admitted.subject()),
                    call.request()),
            plumbing.database().now());
    return token;
  }

  /// What a token rests on.
  private record Basis(Id execution, Admission.Admitted admitted) {}

  /// What a token will say, before it is signed.
  private record Token(Basis basis, List<String> audiences, Id id, JwtTemplate.Period period) {}

  /// One question. It remembers the token's id and times; all else follows from the database, and
  /// is decided again.
  private final class Issuing implements AnswerFormat<Token> {
    private static final int ID_BYTES = 16;

    private final Id caller;
    private final Asked asked;

    Issuing(Id caller, Asked asked) {
      this.caller = caller;
      this.asked = asked;
    }

    Token decide(View view) throws ServerException {
      Basis basis = basis(view);
      JwtTemplate.Period period = issuer.period(asked.ttl.orElse(LONGEST_TTL));
      return new Token(basis, asked.audiences, plumbing.newId(), period);
    }

    private Basis basis(View view) throws ServerException {
      streams.requireSettled(caller);
      Node node = CallingNode.current(view, caller, asked.startId);
      Execution execution = HostedExecution.running(view, caller, asked.execution);
      RegistryEntry entry = Admission.meant(view, node, execution.host().registrationId());
      Admission.Admitted admitted =
          Admission.decide(view, entry, DigestedAttestation.of(execution.attestation()));
      Barring.requireNone(view, caller, admitted);
      requireJwt(admitted.subject());
      return new Basis(execution.id(), admitted);
    }

    private static void requireJwt(Subject subject) throws ServerException {
      if (!subject.svid().jwt()) {
        throw new ServerException(
            Kind.REFUSED,
            Texts.format(
                "%s %s: no JWT-SVIDs (expected: registered with --jwt)",
                subject.handle().kind().label(), subject.handle().display()));
      }
    }

    @Override
    public byte[] encode(Token token) {
      return ByteBuffer.allocate(ID_BYTES + 2 * Long.BYTES)
          .put(token.id.bytes())
          .putLong(token.period.issuedAt().getEpochSecond())
          .putLong(token.period.expiry().getEpochSecond())
          .array();
    }

    @Override
    public Token decode(View view, byte[] remembered) throws ServerException {
      ByteBuffer bytes = ByteBuffer.wrap(remembered);
      byte[] id = new byte[ID_BYTES];
      bytes.get(id);
      var period =
          new JwtTemplate.Period(
              Instant.ofEpochSecond(bytes.getLong()), Instant.ofEpochSecond(bytes.getLong()));
      return new Token(basis(view), asked.audiences, Id.fromBytes(id), period);
    }
  }
}
