package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.Governance;
import dev.credence.server.core.model.Lifetime;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.model.Owner;
import dev.credence.server.core.model.OwnerState;
import dev.credence.server.core.model.Registration;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.model.SpentName;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.model.SubjectKind;
import dev.credence.server.core.model.SubjectState;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Makes an agent or service: its governance record and its first registration, in one transaction.
/// Thread-safe.
public final class CreateSubject {
  private static final String OPERATION = "create-subject";

  private final Plumbing plumbing;
  private final CoreSettings settings;
  private final Registry registry;
  private final SubjectRules rules;
  private final AnswerFormat<SubjectView> format = new Format();

  CreateSubject(Plumbing plumbing, CoreSettings settings, Registry registry) {
    this.plumbing = plumbing;
    this.settings = settings;
    this.registry = registry;
    this.rules = new SubjectRules(settings);
  }

  /// What is asked for, not yet checked.
  ///
  /// @param owner name or id
  public record NewSubject(
      SubjectKind kind,
      String owner,
      String name,
      Match match,
      Profile svid,
      Governance governance) {}

  /// Of which processes on which nodes.
  ///
  /// @param minimum what this set of selectors demands of itself
  public record Match(
      List<RawSelector> selectors,
      List<RawSelector> nodeSelectors,
      boolean anyNode,
      Governance.Assurance minimum) {
    public Match {
      selectors = List.copyOf(selectors);
      nodeSelectors = List.copyOf(nodeSelectors);
    }

    /// Of no demands of its own.
    public Match(List<RawSelector> selectors, List<RawSelector> nodeSelectors, boolean anyNode) {
      this(selectors, nodeSelectors, anyNode, Governance.Assurance.NONE);
    }
  }

  /// What its SVIDs say beyond who it is.
  ///
  /// @param ttl empty: as its kind's default
  /// @param hint empty: none
  /// @param jwt whether JWT-SVIDs are issued too; empty: as its kind's default
  /// @param lifetime what its executions end with; empty: with the process
  public record Profile(
      Optional<Duration> ttl,
      List<String> dnsNames,
      String hint,
      Optional<Boolean> jwt,
      Optional<Lifetime> lifetime) {
    public Profile {
      dnsNames = List.copyOf(dnsNames);
    }

    /// Its executions end with their processes.
    public Profile(
        Optional<Duration> ttl, List<String> dnsNames, String hint, Optional<Boolean> jwt) {
      this(ttl, dnsNames, hint, jwt, Optional.empty());
    }

    /// JWT-SVIDs as its kind's default.
    public Profile(Optional<Duration> ttl, List<String> dnsNames, String hint) {
      this(ttl, dnsNames, hint, Optional.empty());
    }
  }

  /// All or nothing. Errors: INVALID with all problems at once, NOT_FOUND (owner), ALREADY_EXISTS,
  /// EXHAUSTED (the owner's quota), REQUEST_REUSED, UNAVAILABLE.
  public SubjectView run(Actor actor, RequestId request, NewSubject asked) throws ServerException {
    return run(actor, request, asked, "");
  }

  /// The same.
  ///
  /// @param reason why, for the event; may be empty
  public SubjectView run(Actor actor, RequestId request, NewSubject asked, String reason)
      throws ServerException {
    return plumbing
        .refusals()
        .watch(actor, OPERATION, About.nothing(), () -> create(actor, request, asked, reason));
  }

  private SubjectView create(Actor actor, RequestId request, NewSubject asked, String reason)
      throws ServerException {
    var problems = new Problems();
    problems.text("reason", reason, ChangeRunner.LONGEST_REASON);
    problems.throwIfAny();
    var call = new Call(actor, request, fingerprint(asked).text(reason).digest(), Right.REGISTER);
    SubjectRules.Checked checked = rules.check(asked);
    var making = new Making(call, plumbing.newId(), plumbing.newId(), checked, reason);
    return plumbing.writes().write(call, format, tx -> insert(tx, making));
  }

  private record Making(
      Call call, Id subject, Id registration, SubjectRules.Checked checked, String reason) {}

  private static Fingerprint fingerprint(NewSubject asked) {
    Governance governance = asked.governance;
    return Fingerprint.of(OPERATION)
        .text(asked.kind.label())
        .text(asked.owner)
        .text(asked.name)
        .texts(asked.match.selectors)
        .texts(asked.match.nodeSelectors)
        .number(asked.match.anyNode ? 1 : 0)
        .text(asked.match.minimum.toString())
        .maybe(asked.svid.ttl)
        .texts(asked.svid.dnsNames)
        .text(asked.svid.hint)
        .maybe(asked.svid.jwt)
        .maybe(asked.svid.lifetime)
        .text(governance.purpose())
        .text(governance.scope().toString())
        .text(governance.authority().toString())
        .text(governance.approvals().toString())
        .text(governance.minimum().toString())
        .text(governance.life().toString());
  }

  private SubjectView insert(Transaction tx, Making making) throws ServerException {
    Reach reach = Reach.of(tx, making.call.actor(), Right.REGISTER);
    Owner owner = activeOwner(tx, reach, making.checked.owner());
    if (!making.checked.svid().dnsNames().isEmpty()) {
      reach.requireWhole("a DNS name is not a registrar's to give");
    }
    var handle =
        new Subject.Handle(making.checked.kind(), owner.id(), owner.name(), making.checked.name());
    requireUnused(tx, handle);
    OwnerQuota.of(settings).requireSubject(tx, owner);
    Instant now = plumbing.database().now();
    var subject =
        new Subject(
            making.subject,
            handle,
            SubjectState.ACTIVE,
            tx.meta().nextRegistryNumber(),
            making.checked.svid(),
            making.checked.governance(),
            now);
    var registration =
        new Registration(
            making.registration,
            subject.id(),
            making.checked.selectors(),
            making.checked.nodes(),
            now,
            !reach.isWhole(),
            making.checked.setMinimum());
    tx.subjects().insert(subject);
    tx.subjects().insert(registration);
    record(tx, making, subject, registration);
    var change =
        new RegistryChange(
            subject.revision(), subject.id(), List.of(new RegistryEntry(subject, registration)));
    tx.afterCommit(() -> registry.publish(change));
    return new SubjectView(
        subject, handle.identity().in(settings.trustDomain()), List.of(registration));
  }

  static Owner activeOwner(View view, String reference) throws ServerException {
    return active(References.knownOwner(view, reference));
  }

  private static Owner activeOwner(View view, Reach reach, String reference)
      throws ServerException {
    return active(reach.owner(view, reference));
  }

  private static Owner active(Owner owner) throws ServerException {
    if (owner.state() != OwnerState.ACTIVE) {
      throw new ServerException(
          Kind.INVALID,
          Texts.format(
              "owner %s: %s (expected: active)",
              owner.name(), owner.state().name().toLowerCase(Locale.ROOT)));
    }
    return owner;
  }

  static void requireUnused(View view, Subject.Handle handle) throws ServerException {
    Optional<Subject> earlier = view.subjects().find(handle.kind(), handle.owner(), handle.name());
    Optional<SpentName> spent =
        view.subjects().spent(handle.ownerId(), handle.kind(), handle.name());
    if (spent.isPresent()) {
      throw new ServerException(
          Kind.ALREADY_EXISTS,
          Texts.format(
              "%s %s: %s at %s (expected: a name never used before)",
              handle.kind().label(),
              handle.display(),
              spent.get().why().name().toLowerCase(Locale.ROOT),
              spent.get().at()));
    }
    if (earlier.isPresent()) {
      throw new ServerException(
          Kind.ALREADY_EXISTS,
          Texts.format(
              "%s %s: there is one, %s (expected: a name never used before)",
              handle.kind().label(),
              handle.display(),
              earlier.get().state().name().toLowerCase(Locale.ROOT)));
    }
  }

  private void record(Transaction tx, Making making, Subject subject, Registration registration) {
    Call call = making.call;
    About about =
        new About(
            Optional.of(subject.handle().ownerId()),
            Optional.of(subject.id()),
            Optional.empty(),
            Optional.empty());
    EventKind kind =
        subject.handle().kind() == SubjectKind.AGENT
            ? EventKind.AGENT_CREATED
            : EventKind.SERVICE_CREATED;
    plumbing
        .journal()
        .append(
            tx,
            SubjectDetails.of(subject)
                .and("reason", making.reason)
                .event(kind, call.actor(), about, call.request()),
            subject.createdAt());
    plumbing
        .journal()
        .append(
            tx,
            SubjectDetails.of(registration)
                .event(EventKind.REGISTRATION_CREATED, call.actor(), about, call.request()),
            subject.createdAt());
  }

  private final class Format implements AnswerFormat<SubjectView> {
    @Override
    public byte[] encode(SubjectView answer) {
      return answer.subject().id().bytes();
    }

    @Override
    public SubjectView decode(View view, Reach reach, byte[] bytes) throws ServerException {
      reach.requireStill(view, Id.fromBytes(bytes));
      return decode(view, bytes);
    }

    @Override
    public SubjectView decode(View view, byte[] bytes) {
      Subject subject = view.subjects().find(Id.fromBytes(bytes)).orElseThrow();
      return Views.subject(view, settings.trustDomain(), subject);
    }
  }
}
