package dev.credence.server.core;

import dev.credence.certs.Name;
import dev.credence.server.core.ApplyReport.Action;
import dev.credence.server.core.ApplyReport.PlannedChange;
import dev.credence.server.core.ChangeReport.FieldChange;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.model.Person;
import dev.credence.server.core.port.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Plans declared persons. Thread-safe.
final class ApplyPersons {
  private final Plumbing plumbing;

  ApplyPersons(Plumbing plumbing) {
    this.plumbing = plumbing;
  }

  void plan(ApplyWork work, Declared.Person declared) throws ServerException {
    work.reach().requireWhole("persons are not a registrar's to declare");
    var problems = new Problems();
    Optional<Name> name = problems.name("person", declared.name());
    PersonRules.check(declared.accounts(), problems);
    problems.throwIfAny();
    Optional<Person> before = work.view().owners().person(name.orElseThrow());
    if (before.isPresent()) {
      update(work, declared, before.get());
    } else {
      create(work, declared, name.get());
    }
  }

  private void create(ApplyWork work, Declared.Person declared, Name name) throws ServerException {
    var bare = new Person(plumbing.newId(), name, Optional.empty(), Optional.empty(), Set.of());
    Person person =
        PersonRules.with(bare, Set.of(ChangePersons.Field.values()), declared.accounts(), 1);
    work.reach().requireSameAccounts(bare, person);
    PersonRules.requireUnused(work.view(), person);
    Optional<FieldChange> joining = work.joining(declared.thing());
    List<FieldChange> fields = new ArrayList<>(PersonRules.changes(bare, person));
    joining.ifPresent(fields::add);
    work.view().owners().put(person);
    work.declared(person.id());
    work.add(
        ApplyStep.of(
            new PlannedChange(Action.CREATE, declared.thing(), declared.position(), 0, fields),
            (tx, occasion, news) -> {
              tx.owners().insert(person);
              work.joins(person.id(), joining).in(tx, occasion, news);
              journal(
                  tx,
                  occasion,
                  EventKind.PERSON_CREATED,
                  Lives.details(fields).and("person", person.id()).and("name", name));
            }));
  }

  private void update(ApplyWork work, Declared.Person declared, Person before)
      throws ServerException {
    work.declared(before.id());
    Optional<FieldChange> joining = work.joining(declared.thing(), before.id());
    Person after =
        PersonRules.with(
            before,
            Set.of(ChangePersons.Field.values()),
            declared.accounts(),
            before.revision() + 1);
    work.reach().requireSameAccounts(before, after);
    PersonRules.requireUnused(work.view(), after);
    List<FieldChange> own = PersonRules.changes(before, after);
    List<FieldChange> fields = new ArrayList<>(own);
    joining.ifPresent(fields::add);
    if (fields.isEmpty()) {
      work.unchanged();
      return;
    }
    if (!own.isEmpty()) {
      work.view().owners().put(after);
    }
    work.add(
        ApplyStep.of(
            new PlannedChange(
                Action.UPDATE, declared.thing(), declared.position(), before.revision(), fields),
            (tx, occasion, news) -> {
              if (!own.isEmpty()) {
                tx.owners().update(after);
              }
              work.joins(before.id(), joining).in(tx, occasion, news);
              journal(
                  tx,
                  occasion,
                  EventKind.PERSON_UPDATED,
                  Lives.details(fields).and("person", before.id()).and("name", before.name()));
            }));
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
