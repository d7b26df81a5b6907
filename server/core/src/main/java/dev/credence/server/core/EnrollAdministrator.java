package dev.credence.server.core;

import dev.credence.attestors.join.EnrollmentToken;
import dev.credence.attestors.join.JoinToken;
import dev.credence.certs.Id;
import dev.credence.certs.Name;
import dev.credence.certs.Printable;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.Administrator;
import dev.credence.server.core.model.Administrator.Scope;
import dev.credence.server.core.model.Administrator.Token;
import dev.credence.server.core.model.AdministratorRole;
import dev.credence.server.core.model.AdministratorState;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.model.Person;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Makes an administrator for another machine, and the tokens by which machines become theirs. The
/// server keeps only a digest of each secret. Thread-safe.
public final class EnrollAdministrator {
  private static final String ENROLL = "enroll-administrator";
  private static final String TOKEN = "create-enrollment-token";

  /// With "admin " before it, the most that a common name may have (RFC 5280, A.1: 64 characters).
  private static final int LONGEST_NAME = 58;

  private final Plumbing plumbing;
  private final CoreSettings settings;
  private final Trust trust;
  private final ServerPresence presence;
  private final TokenSecrets secrets;
  private final AdministratorPersons persons;

  EnrollAdministrator(
      Plumbing plumbing, CoreSettings settings, Trust trust, ServerPresence presence) {
    this.presence = presence;
    this.plumbing = plumbing;
    this.settings = settings;
    this.trust = trust;
    this.secrets = new TokenSecrets(plumbing.random());
    this.persons = new AdministratorPersons(plumbing);
  }

  /// What is asked for, not yet checked.
  ///
  /// @param owners names or ids; a registrar's only
  /// @param person name or id; empty: none
  /// @param ttls empty ones: 10 minutes and 12 hours
  public record NewAdministrator(
      String name, String role, List<String> owners, String person, Ttls ttls) {
    public NewAdministrator {
      owners = List.copyOf(owners);
    }
  }

  /// How long a token may be redeemed, and how long an SVID lives.
  public record Ttls(Optional<Duration> token, Optional<Duration> svid) {}

  /// The token leaves the server only here. Repeated with the same id it is the same, as long as
  /// the server runs. Errors: INVALID, NOT_FOUND (person), ALREADY_EXISTS (the name is or was
  /// somebody's; made before the server's start), REFUSED, REQUEST_REUSED, UNAVAILABLE.
  ///
  /// @param reason why, for the events; may be empty
  public EnrolledAdministrator run(
      Actor actor, RequestId request, NewAdministrator asked, String reason)
      throws ServerException {
    return plumbing
        .refusals()
        .watch(actor, ENROLL, About.nothing(), () -> enroll(actor, request, asked, reason));
  }

  private EnrolledAdministrator enroll(
      Actor actor, RequestId request, NewAdministrator asked, String reason)
      throws ServerException {
    var problems = new Problems();
    Optional<Name> name = problems.name("administrator", asked.name);
    name.ifPresent(it -> fits(it, problems));
    Optional<AdministratorRole> role = AdministratorRules.role(asked.role, problems);
    role.ifPresent(it -> AdministratorRules.owners(it, asked.owners, problems));
    AdministratorRules.tokenTtl(asked.ttls.token, problems);
    AdministratorRules.svidTtl(asked.ttls.svid, problems);
    problems.text("reason", reason, AdministratorRules.LONGEST_REASON);
    problems.throwIfAny();
    var fingerprint =
        Fingerprint.of(ENROLL)
            .text(asked.name)
            .text(asked.role)
            .texts(asked.owners)
            .text(asked.person)
            .maybe(asked.ttls.token)
            .maybe(asked.ttls.svid)
            .text(reason)
            .digest();
    var call = new Call(actor, request, fingerprint, Right.GOVERN);
    EnrollmentToken token = token(call);
    var making = new Making(call, token, asked, reason);
    Id id = plumbing.newId();
    return plumbing
        .writes()
        .write(
            call,
            new Format(token),
            tx -> insert(tx, making, new Named(id, name.orElseThrow(), role.orElseThrow())));
  }

  private static void fits(Name name, Problems problems) {
    if (name.value().length() > LONGEST_NAME) {
      problems.add(
          Texts.format(
              "administrator %s: %d characters (expected: at most %d, to fit into a certificate)",
              Printable.quoted(name.value()), name.value().length(), LONGEST_NAME));
    }
  }

  private record Making(Call call, EnrollmentToken token, NewAdministrator asked, String reason) {}

  private record Named(Id id, Name name, AdministratorRole role) {}

  /// It names the other servers of the database too: the machine goes to them when it loses this
  /// one.
  private EnrollmentToken token(Call call) throws ServerException {
    var token =
        new EnrollmentToken(
            new JoinToken(
                settings.address().get(), settings.trustDomain(), trust.pins(), secrets.of(call)));
    return token.with(
        plumbing.database().read(view -> presence.otherAddresses(view, plumbing.database().now())));
  }

  private EnrolledAdministrator insert(Transaction tx, Making making, Named named)
      throws ServerException {
    requireUnused(tx, named.name);
    Optional<Person> person =
        making.asked.person.isEmpty()
            ? Optional.empty()
            : Optional.of(AdministratorPersons.free(tx, making.asked.person, named.name));
    Instant now = plumbing.database().now();
    Duration ttl = making.asked.ttls.token.orElse(AdministratorRules.STANDARD_TOKEN_TTL);
    var token =
        new Token(making.token.contents().secret().digest(), now.plus(ttl), Optional.empty());
    Administrator administrator = administrator(tx, making.asked, named, token, now);
    tx.administrators().insert(administrator);
    var occasion = new Occasion(making.call.actor(), making.call.request(), making.reason, now);
    if (!making.asked.person.isEmpty()) {
      persons.link(tx, occasion, named.name, person);
    }
    created(tx, occasion, administrator, token, person);
    return answer(tx, making.token, administrator, token.expiresAt());
  }

  private static Administrator administrator(
      View view, NewAdministrator asked, Named named, Token token, Instant now)
      throws ServerException {
    var scope =
        new Scope(
            named.role,
            AdministratorRules.owners(view, asked.owners),
            asked.ttls.svid.orElse(AdministratorRules.STANDARD_SVID_TTL));
    return new Administrator(
        named.id,
        named.name,
        scope,
        AdministratorState.ACTIVE,
        Optional.empty(),
        Optional.of(token),
        now,
        1);
  }

  private void created(
      Transaction tx,
      Occasion occasion,
      Administrator administrator,
      Token token,
      Optional<Person> person) {
    plumbing
        .journal()
        .append(
            tx,
            details(administrator, token, occasion.reason())
                .and("role", administrator.scope().role().label())
                .and("owners", AdministratorRules.names(tx, administrator.scope().owners()))
                .and("svid-ttl", Durations.text(administrator.scope().svidTtl()))
                .and("administrator-person", person.map(it -> it.name().value()).orElse(""))
                .event(
                    EventKind.ADMINISTRATOR_CREATED,
                    occasion.actor(),
                    About.nothing(),
                    occasion.request()),
            occasion.now());
  }

  private static void requireUnused(View view, Name name) throws ServerException {
    Optional<Administrator> earlier = view.administrators().find(name);
    if (earlier.isPresent()) {
      boolean removed = earlier.get().state() == AdministratorState.REMOVED;
      throw new ServerException(
          Kind.ALREADY_EXISTS,
          Texts.format(
              "administrator %s: %s",
              Printable.quoted(name.value()),
              removed
                  ? "removed (expected: a name never used before)"
                  : "there is one (expected: a name never used before; for another token of this"
                      + " one: credence admin token)"));
    }
  }

  private static Details details(Administrator administrator, Token token, String reason) {
    return Details.of("administrator", administrator.name())
        .and("token", Labels.shortDigest(token.secretDigest()))
        .and("expires-at", token.expiresAt())
        .and("reason", reason);
  }

  private EnrolledAdministrator answer(
      View view, EnrollmentToken token, Administrator administrator, Instant expiresAt) {
    return new EnrolledAdministrator(
        token, expiresAt, AdministratorRules.view(view, settings.trustDomain(), administrator));
  }

  /// Another token, in place of the one before; the pinned key stays until it is redeemed. Errors:
  /// INVALID (not active), NOT_FOUND, ALREADY_EXISTS (made before the server's start), REFUSED,
  /// REQUEST_REUSED, UNAVAILABLE.
  ///
  /// @param reference name or id
  /// @param ttl of the token; empty: 10 minutes
  public EnrolledAdministrator token(
      Actor actor, RequestId request, String reference, Optional<Duration> ttl, String reason)
      throws ServerException {
    return plumbing
        .refusals()
        .watch(
            actor,
            TOKEN,
            About.nothing(),
            () -> {
              var problems = new Problems();
              AdministratorRules.tokenTtl(ttl, problems);
              problems.text("reason", reason, AdministratorRules.LONGEST_REASON);
              problems.throwIfAny();
              var fingerprint =
                  Fingerprint.of(TOKEN).text(reference).maybe(ttl).text(reason).digest();
              var call = new Call(actor, request, fingerprint, Right.GOVERN);
              EnrollmentToken token = token(call);
              Duration life = ttl.orElse(AdministratorRules.STANDARD_TOKEN_TTL);
              return plumbing
                  .writes()
                  .write(
                      call,
                      new Format(token),
                      tx -> replace(tx, call, token, new Replacing(reference, life, reason)));
            });
  }

  private record Replacing(String reference, Duration ttl, String reason) {}

  private EnrolledAdministrator replace(
      Transaction tx, Call call, EnrollmentToken token, Replacing asked) throws ServerException {
    Administrator before = AdministratorRules.known(tx, asked.reference);
    AdministratorRules.requireNotRemoved(before);
    if (before.state() != AdministratorState.ACTIVE) {
      throw new ServerException(
          Kind.INVALID,
          Texts.format(
              "administrator %s: %s (expected: active; resume it first)",
              before.name(), Lives.word(before.state())));
    }
    Instant now = plumbing.database().now();
    var made = new Token(token.contents().secret().digest(), now.plus(asked.ttl), Optional.empty());
    Administrator after = before.with(made);
    tx.administrators().update(after);
    plumbing
        .journal()
        .append(
            tx,
            details(after, made, asked.reason)
                .event(
                    EventKind.ADMINISTRATOR_TOKEN_CREATED,
                    call.actor(),
                    About.nothing(),
                    call.request()),
            now);
    return answer(tx, token, after, made.expiresAt());
  }

  /// Remembers only when the token expires; the secret comes from the request again.
  private final class Format implements AnswerFormat<EnrolledAdministrator> {
    private final EnrollmentToken token;

    Format(EnrollmentToken token) {
      this.token = token;
    }

    @Override
    public byte[] encode(EnrolledAdministrator answer) {
      return ByteBuffer.allocate(Long.BYTES).putLong(0, answer.expiresAt().toEpochMilli()).array();
    }

    @Override
    public EnrolledAdministrator decode(View view, byte[] bytes) throws ServerException {
      Administrator administrator =
          view.administrators()
              .byToken(token.contents().secret().digest())
              .orElseThrow(() ->
                  new ServerException(
                      Kind.ALREADY_EXISTS,
                      "enrolment token: made for this request before, and replaced since, or made"
                          + " before the server's start, and its secret is kept nowhere (expected: a"
                          + " new request)"));
      return answer(
          view, token, administrator, Instant.ofEpochMilli(ByteBuffer.wrap(bytes).getLong()));
    }
  }
}
