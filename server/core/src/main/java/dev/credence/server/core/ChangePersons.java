package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.certs.Name;
import dev.credence.server.core.ChangeReport.FieldChange;
import dev.credence.server.core.ChangeRunner.Undertaking;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.model.Page;
import dev.credence.server.core.model.Person;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The humans known here: who they are at an OpenID provider, in an administrator's SVID, and by
/// local uids. Each account and each uid is one person's. Thread-safe.
public final class ChangePersons {
  private static final String CREATE = "create-person";
  private static final String UPDATE = "update-person";
  private static final String REMOVE = "remove-person";

  private final ChangeRunner runner;
  private final Plumbing plumbing;

  ChangePersons(ChangeRunner runner, Plumbing plumbing) {
    this.runner = runner;
    this.plumbing = plumbing;
  }

  /// By what a person is known; empty texts: by none of that.
  ///
  /// @param oidcIssuer with `oidcSubject`: both or none
  public record Accounts(
      String oidcIssuer, String oidcSubject, String administrator, Set<Integer> localUids) {
    public Accounts {
      localUids = Set.copyOf(localUids);
    }
  }

  /// What can be changed.
  public enum Field {
    OIDC,
    ADMINISTRATOR,
    LOCAL_UIDS
  }

  /// By name or id. Errors: NOT_FOUND.
  public Person show(String reference) throws ServerException {
    return plumbing.database().read(view -> References.person(view, reference));
  }

  /// In order of creation. Errors: INVALID (page).
  public Page<Person> list(Page.Request page) throws ServerException {
    try {
      return plumbing.database().read(view -> view.owners().persons(page));
    } catch (IllegalArgumentException e) {
      throw new ServerException(Kind.INVALID, String.valueOf(e.getMessage()), e);
    }
  }

  /// The answer has the person, except in a dry run. Errors: INVALID, ALREADY_EXISTS (name, account
  /// or uid is somebody's), REQUEST_REUSED, UNAVAILABLE.
  public Changed<Optional<Person>> create(
      Actor actor, ChangeAsk ask, String name, Accounts accounts) throws ServerException {
    Id id = plumbing.newId();
    return runner.run(
        actor,
        ask,
        new Undertaking<>(
            CREATE,
            question(CREATE, name, accounts),
            view -> created(view, id, name, accounts),
            ChangePersons::showing,
            governs(accounts) ? Right.GOVERN : Right.OPERATE));
  }

  /// What a person administers as is not an administrator's to say: it would make one somebody
  /// else.
  private static boolean governs(Accounts accounts) {
    return !accounts.administrator.isEmpty() || !accounts.localUids.isEmpty();
  }

  private static boolean governs(Set<Field> fields) {
    return fields.contains(Field.ADMINISTRATOR) || fields.contains(Field.LOCAL_UIDS);
  }

  private static Optional<Person> showing(View view, Id id) {
    return view.owners().person(id);
  }

  private static Fingerprint question(String operation, String reference, Accounts accounts) {
    return Fingerprint.of(operation)
        .text(reference)
        .text(accounts.oidcIssuer)
        .text(accounts.oidcSubject)
        .text(accounts.administrator)
        .texts(new TreeSet<>(accounts.localUids));
  }

  private Plan created(View view, Id id, String raw, Accounts accounts) throws ServerException {
    var problems = new Problems();
    Optional<Name> name = problems.name("person", raw);
    PersonRules.check(accounts, problems);
    problems.throwIfAny();
    var bare = new Person(id, name.orElseThrow(), Optional.empty(), Optional.empty(), Set.of());
    Person person = PersonRules.with(bare, Set.of(Field.values()), accounts, 1);
    PersonRules.requireUnused(view, person);
    var fields = PersonRules.changes(bare, person);
    return new Plan(
        id,
        PersonRules.andName(fields, "", person.name().value(), person),
        List.of(),
        (tx, occasion) -> {
          tx.owners().insert(person);
          Details details =
              Details.of("person", person.id())
                  .and("name", person.name())
                  .and("local-uids", PersonRules.uids(person));
          journal(tx, occasion, EventKind.PERSON_CREATED, details);
        });
  }

  /// Errors: INVALID, NOT_FOUND, ALREADY_EXISTS (account or uid is somebody's), STALE (revision),
  /// REQUEST_REUSED, UNAVAILABLE.
  ///
  /// @param fields which of the accounts count
  public Changed<Optional<Person>> update(
      Actor actor, ChangeAsk ask, String reference, Set<Field> fields, Accounts accounts)
      throws ServerException {
    return runner.run(
        actor,
        ask,
        new Undertaking<>(
            UPDATE,
            question(UPDATE, reference, accounts).texts(new TreeSet<>(fields)),
            view -> updated(view, ask, reference, fields, accounts),
            ChangePersons::showing,
            governs(fields) ? Right.GOVERN : Right.OPERATE));
  }

  private Plan updated(
      View view, ChangeAsk ask, String reference, Set<Field> fields, Accounts accounts)
      throws ServerException {
    Person before = References.person(view, reference);
    ask.requireRevision("person " + before.name(), before.revision());
    var problems = new Problems();
    PersonRules.check(accounts, problems);
    problems.throwIfAny();
    Person after = PersonRules.with(before, fields, accounts, before.revision() + 1);
    PersonRules.requireUnused(view, after);
    List<FieldChange> changes = PersonRules.changes(before, after);
    if (changes.isEmpty()) {
      return Plan.nothing(before.id());
    }
    return new Plan(
        before.id(),
        changes,
        List.of(),
        (tx, occasion) -> {
          tx.owners().update(after);
          Details details = Lives.details(changes).and("person", after.id());
          journal(tx, occasion, EventKind.PERSON_UPDATED, details);
        });
  }

  /// The answer has no person. Errors: INVALID (an owner or an agent refers to the person),
  /// NOT_FOUND, STALE (revision), REQUEST_REUSED, UNAVAILABLE.
  public Changed<Optional<Person>> remove(Actor actor, ChangeAsk ask, String reference)
      throws ServerException {
    return runner.run(
        actor,
        ask,
        new Undertaking<>(
            REMOVE,
            Fingerprint.of(REMOVE).text(reference),
            view -> removed(view, ask, reference),
            ChangePersons::showing));
  }

  private Plan removed(View view, ChangeAsk ask, String reference) throws ServerException {
    Person person = References.person(view, reference);
    ask.requireRevision("person " + person.name(), person.revision());
    PersonRules.requireUnreferenced(view, person);
    return new Plan(
        person.id(),
        PersonRules.andName(List.of(), person.name().value(), "", person),
        List.of(),
        (tx, occasion) -> {
          tx.owners().remove(person);
          Details details = Details.of("person", person.id()).and("name", person.name());
          journal(tx, occasion, EventKind.PERSON_REMOVED, details);
        });
  }

  private void journal(Transaction tx, Occasion occasion, EventKind kind, Details details) {
    plumbing
        .journal()
        .append(
            tx,
            details
                .and("reason", occasion.reason())
                .event(kind, occasion.actor(), About.nothing(), occasion.request()),
            occasion.now());
  }
}
