package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.certs.Name;
import dev.credence.server.core.model.OidcSubject;
import dev.credence.server.core.model.Owner;
import dev.credence.server.core.model.Page;
import dev.credence.server.core.model.Person;
import dev.credence.server.core.port.OwnerReads;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Owners and persons as planned over as they are. Confined to one thread.
final class PlannedOwners implements OwnerReads {
  private final OwnerReads base;
  private final Map<Id, Owner> owners = new HashMap<>();
  private final Map<Name, Id> ownerNames = new HashMap<>();
  private final Map<Id, Person> persons = new HashMap<>();
  private final Map<Name, Id> personNames = new HashMap<>();
  // By account: an entry counts only while the person still has it.
  private final Map<Object, Id> accounts = new HashMap<>();

  private record Administrator(Name name) {}

  PlannedOwners(OwnerReads base) {
    this.base = base;
  }

  void put(Owner owner) {
    owners.put(owner.id(), owner);
    ownerNames.put(owner.name(), owner.id());
  }

  void put(Person person) {
    persons.put(person.id(), person);
    personNames.put(person.name(), person.id());
    person.oidc().ifPresent(account -> accounts.put(account, person.id()));
    person.administrator().ifPresent(name -> accounts.put(new Administrator(name), person.id()));
    person.localUids().forEach(uid -> accounts.put(uid, person.id()));
  }

  @Override
  public Optional<Owner> find(Id id) {
    return Optional.ofNullable(owners.get(id)).or(() -> base.find(id));
  }

  @Override
  public Optional<Owner> find(Name name) {
    return Optional.ofNullable(ownerNames.get(name)).map(owners::get).or(() -> base.find(name));
  }

  @Override
  public List<Owner> all() {
    return Stream.concat(
            base.all().stream().filter(owner -> !owners.containsKey(owner.id())),
            owners.values().stream())
        .toList();
  }

  @Override
  public Optional<Person> person(Id id) {
    return Optional.ofNullable(persons.get(id)).or(() -> base.person(id));
  }

  @Override
  public Optional<Person> person(Name name) {
    return Optional.ofNullable(personNames.get(name)).map(persons::get).or(() -> base.person(name));
  }

  @Override
  public Optional<Person> personOf(OidcSubject account) {
    return holder(
        account, person -> person.oidc().equals(Optional.of(account)), base.personOf(account));
  }

  @Override
  public Optional<Person> personOfAdministrator(Name name) {
    return holder(
        new Administrator(name),
        person -> person.administrator().equals(Optional.of(name)),
        base.personOfAdministrator(name));
  }

  @Override
  public Optional<Person> personOfUid(int uid) {
    return holder(uid, person -> person.localUids().contains(uid), base.personOfUid(uid));
  }

  private Optional<Person> holder(Object account, Predicate<Person> has, Optional<Person> earlier) {
    return Optional.ofNullable(accounts.get(account))
        .map(persons::get)
        .filter(has)
        .or(() -> earlier.filter(person -> !persons.containsKey(person.id())));
  }

  /// As they are: what plans does not page.
  @Override
  public Page<Owner> list(Page.Request page) {
    return base.list(page);
  }

  /// As they are.
  @Override
  public Page<Person> persons(Page.Request page) {
    return base.persons(page);
  }
}
