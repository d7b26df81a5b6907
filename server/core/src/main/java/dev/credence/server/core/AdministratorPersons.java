package dev.credence.server.core;

import dev.credence.certs.Name;
import dev.credence.server.core.ChangePersons.Accounts;
import dev.credence.server.core.ChangePersons.Field;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Administrator;
import dev.credence.server.core.model.AdministratorState;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.model.Person;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;
import java.util.Optional;
import java.util.Set;

/// Says which person an administrator is: the one link between both is the person's.
final class AdministratorPersons {
  private final Plumbing plumbing;

  AdministratorPersons(Plumbing plumbing) {
    this.plumbing = plumbing;
  }

  /// Passes if the person is there and administers as nobody else.
  static Person free(View view, String reference, Name administrator) throws ServerException {
    Person person = References.person(view, reference);
    Optional<Administrator> other =
        person
            .administrator()
            .filter(name -> !name.equals(administrator))
            .flatMap(name -> view.administrators().find(name))
            .filter(it -> it.state() != AdministratorState.REMOVED);
    if (other.isPresent()) {
      throw new ServerException(
          Kind.INVALID,
          Texts.format(
              "person %s: administers as %s (expected: nobody yet; remove that one first)",
              person.name(), other.get().name()));
    }
    return person;
  }

  /// Links them; whoever was linked before is not any more.
  ///
  /// @param person empty: nobody
  void link(Transaction tx, Occasion occasion, Name administrator, Optional<Person> person) {
    Optional<Person> before = tx.owners().personOfAdministrator(administrator);
    if (before.map(Person::id).equals(person.map(Person::id))) {
      return;
    }
    before.ifPresent(old -> write(tx, occasion, old, ""));
    person.ifPresent(now -> write(tx, occasion, now, administrator.value()));
  }

  private void write(Transaction tx, Occasion occasion, Person before, String administrator) {
    Person after =
        PersonRules.with(
            before,
            Set.of(Field.ADMINISTRATOR),
            new Accounts("", "", administrator, Set.of()),
            before.revision() + 1);
    tx.owners().update(after);
    plumbing
        .journal()
        .append(
            tx,
            Lives.details(PersonRules.changes(before, after))
                .and("person", after.id())
                .and("reason", occasion.reason())
                .event(
                    EventKind.PERSON_UPDATED,
                    occasion.actor(),
                    About.nothing(),
                    occasion.request()),
            occasion.now());
  }
}
