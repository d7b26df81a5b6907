package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.certs.Name;
import dev.credence.server.core.ChangeReport.FieldChange;
import dev.credence.server.core.ChangeRunner.Undertaking;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.Administrator;
import dev.credence.server.core.model.Administrator.Scope;
import dev.credence.server.core.model.AdministratorRole;
import dev.credence.server.core.model.AdministratorState;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.model.Person;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Updates, suspends, resumes and removes administrators, at the server's local socket only. Each
/// of it counts from the administrator's next call on, on open connections and streams too.
/// Thread-safe.
public final class ChangeAdministrators {
  private static final String UPDATE = "update-administrator";
  private static final String STATE = "change-administrator-state";

  private final ChangeRunner runner;
  private final Plumbing plumbing;
  private final CoreSettings settings;
  private final AdministratorPersons persons;

  ChangeAdministrators(Plumbing plumbing, CoreSettings settings) {
    this.runner = new ChangeRunner(plumbing);
    this.plumbing = plumbing;
    this.settings = settings;
    this.persons = new AdministratorPersons(plumbing);
  }

  /// What can be changed.
  public enum Field {
    ROLE,
    OWNERS,
    PERSON,
    SVID_TTL
  }

  /// New values.
  ///
  /// @param fields which of the values count; empty ones bring back the default, or nobody
  public record Patch(
      Set<Field> fields,
      String role,
      List<String> owners,
      String person,
      Optional<Duration> svidTtl) {
    public Patch {
      fields = Set.copyOf(fields);
      owners = List.copyOf(owners);
    }
  }

  /// Errors: INVALID (all problems at once; removed), NOT_FOUND, STALE (revision), REFUSED,
  /// REQUEST_REUSED, UNAVAILABLE.
  ///
  /// @param reference name or id
  public Changed<AdministratorView> update(
      Actor actor, ChangeAsk ask, String reference, Patch patch) throws ServerException {
    var question =
        Fingerprint.of(UPDATE)
            .text(reference)
            .texts(new TreeSet<>(patch.fields))
            .text(patch.role)
            .texts(patch.owners)
            .text(patch.person)
            .maybe(patch.svidTtl);
    return runner.run(
        actor,
        ask,
        new Undertaking<>(
            UPDATE,
            question,
            view -> updated(view, ask, reference, patch),
            this::showing,
            Right.GOVERN));
  }

  /// Refused until resumed, and its SVIDs are on the CRL. A token that could be redeemed is void,
  /// and so are its join tokens that nobody redeemed. Errors as [#update].
  public Changed<AdministratorView> suspend(Actor actor, ChangeAsk ask, String reference)
      throws ServerException {
    return state(actor, ask, reference, AdministratorState.SUSPENDED);
  }

  /// As if never enrolled: the key that it had is refused from then on, and it needs a new token.
  /// Errors as [#update].
  public Changed<AdministratorView> resume(Actor actor, ChangeAsk ask, String reference)
      throws ServerException {
    return state(actor, ask, reference, AdministratorState.ACTIVE);
  }

  /// For good; the name is never used again, and its certificates are on the CRL. Errors as
  /// [#update].
  public Changed<AdministratorView> remove(Actor actor, ChangeAsk ask, String reference)
      throws ServerException {
    return state(actor, ask, reference, AdministratorState.REMOVED);
  }

  private AdministratorView showing(View view, Id id) {
    return AdministratorRules.view(
        view, settings.trustDomain(), view.administrators().find(id).orElseThrow());
  }

  private static Administrator changeable(View view, ChangeAsk ask, String reference)
      throws ServerException {
    Administrator administrator = AdministratorRules.known(view, reference);
    ask.requireRevision("administrator " + administrator.name(), administrator.revision());
    return administrator;
  }

  private Plan updated(View view, ChangeAsk ask, String reference, Patch patch)
      throws ServerException {
    Administrator before = changeable(view, ask, reference);
    AdministratorRules.requireNotRemoved(before);
    Scope scope = scope(view, before.scope(), patch);
    Optional<Person> was = view.owners().personOfAdministrator(before.name());
    Optional<Person> is = patch.fields.contains(Field.PERSON) ? person(view, before, patch) : was;
    List<FieldChange> changes = changes(view, before, scope);
    if (!was.map(Person::id).equals(is.map(Person::id))) {
      changes.add(field(before, "person", name(was), name(is)));
    }
    if (changes.isEmpty()) {
      return Plan.nothing(before.id());
    }
    return new Plan(
        before.id(),
        changes,
        List.of(),
        (tx, occasion) -> {
          tx.administrators().update(before.with(scope));
          if (!Right.OPERATE.isOf(scope.role())) {
            new JoinTokensOf(before.name())
                .voided(tx, plumbing.journal(), occasion, "role " + scope.role().label());
          }
          persons.link(tx, occasion, before.name(), is);
          journal(tx, occasion, EventKind.ADMINISTRATOR_UPDATED, before.name(), changes);
        });
  }

  private static Optional<Person> person(View view, Administrator administrator, Patch patch)
      throws ServerException {
    return patch.person.isEmpty()
        ? Optional.empty()
        : Optional.of(AdministratorPersons.free(view, patch.person, administrator.name()));
  }

  private static String name(Optional<Person> person) {
    return person.map(it -> it.name().value()).orElse("");
  }

  private static Scope scope(View view, Scope before, Patch patch) throws ServerException {
    var problems = new Problems();
    AdministratorRole role =
        patch.fields.contains(Field.ROLE)
            ? AdministratorRules.role(patch.role, problems).orElse(before.role())
            : before.role();
    // Who is no registrar any more has no owners, without being told.
    List<String> owners =
        patch.fields.contains(Field.OWNERS)
            ? patch.owners
            : role == AdministratorRole.REGISTRAR
                ? before.owners().stream().map(Id::toString).sorted().toList()
                : List.of();
    AdministratorRules.owners(role, owners, problems);
    AdministratorRules.svidTtl(patch.svidTtl, problems);
    problems.throwIfAny();
    return new Scope(
        role,
        patch.fields.contains(Field.OWNERS) || role != AdministratorRole.REGISTRAR
            ? AdministratorRules.owners(view, owners)
            : before.owners(),
        patch.fields.contains(Field.SVID_TTL)
            ? patch.svidTtl.orElse(AdministratorRules.STANDARD_SVID_TTL)
            : before.svidTtl());
  }

  private static List<FieldChange> changes(View view, Administrator before, Scope after) {
    Scope scope = before.scope();
    List<FieldChange> all = new ArrayList<>();
    all.add(field(before, "role", scope.role().label(), after.role().label()));
    all.add(
        field(
            before,
            "owners",
            AdministratorRules.names(view, scope.owners()),
            AdministratorRules.names(view, after.owners())));
    all.add(
        field(
            before, "svid-ttl", Durations.text(scope.svidTtl()), Durations.text(after.svidTtl())));
    all.removeIf(change -> change.before().equals(change.after()));
    return all;
  }

  private static FieldChange field(Administrator of, String field, String before, String after) {
    return new FieldChange("administrator " + of.name(), field, before, after);
  }

  private Changed<AdministratorView> state(
      Actor actor, ChangeAsk ask, String reference, AdministratorState to) throws ServerException {
    return runner.run(
        actor,
        ask,
        new Undertaking<>(
            STATE,
            Fingerprint.of(STATE).text(reference).text(to.name()),
            view -> moved(view, ask, reference, to),
            this::showing,
            Right.GOVERN));
  }

  private Plan moved(View view, ChangeAsk ask, String reference, AdministratorState to)
      throws ServerException {
    Administrator before = changeable(view, ask, reference);
    if (before.state() == to) {
      return Plan.nothing(before.id());
    }
    AdministratorRules.requireNotRemoved(before);
    Administrator after = before.in(to);
    List<FieldChange> changes = new ArrayList<>();
    changes.add(field(before, "state", Lives.word(before.state()), Lives.word(to)));
    if (!before.key().equals(after.key())) {
      changes.add(field(before, "key", key(before), key(after)));
    }
    return new Plan(
        before.id(),
        changes,
        List.of(),
        (tx, occasion) -> {
          tx.administrators().update(after);
          // None of its SVIDs is accepted again: who comes back comes by a new token.
          AdministratorCertificates.withdraw(tx, before, occasion.now());
          if (to != AdministratorState.ACTIVE) {
            new JoinTokensOf(before.name())
                .voided(tx, plumbing.journal(), occasion, Lives.word(to));
          }
          journal(tx, occasion, kind(to), before.name(), changes);
        });
  }

  private static String key(Administrator administrator) {
    return administrator.key().map(it -> it.digest().toString()).orElse("");
  }

  private static EventKind kind(AdministratorState to) {
    return switch (to) {
      case ACTIVE -> EventKind.ADMINISTRATOR_RESUMED;
      case SUSPENDED -> EventKind.ADMINISTRATOR_SUSPENDED;
      case REMOVED -> EventKind.ADMINISTRATOR_REMOVED;
    };
  }

  private void journal(
      Transaction tx, Occasion occasion, EventKind kind, Name name, List<FieldChange> changes) {
    plumbing
        .journal()
        .append(
            tx,
            Lives.details(changes)
                .and("administrator", name)
                .and("reason", occasion.reason())
                .event(kind, occasion.actor(), About.nothing(), occasion.request()),
            occasion.now());
  }
}
