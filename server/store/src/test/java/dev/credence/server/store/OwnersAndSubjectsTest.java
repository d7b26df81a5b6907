package dev.credence.server.store;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.attestors.Selector;
import dev.credence.certs.Name;
import dev.credence.server.core.model.NodeSelection;
import dev.credence.server.core.model.Owner;
import dev.credence.server.core.model.Person;
import dev.credence.server.core.model.Registration;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.model.SubjectKind;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Persons, owners, agents, services and registrations: what goes in comes out, by everything it
/// can be found by.
class OwnersAndSubjectsTest extends StoreTest {
  @Test
  void person_withAllFields_comesBack() {
    Person person = samples.person();
    write(transaction -> transaction.owners().insert(person));
    thatMaybe(view -> view.owners().person(person.id())).contains(person);
    thatMaybe(view -> view.owners().person(person.name())).contains(person);
    for (int uid : person.localUids()) {
      thatMaybe(view -> view.owners().personOfUid(uid)).contains(person);
    }
    thatMaybe(view -> view.owners().person(samples.id())).isEmpty();
    thatMaybe(view -> view.owners().personOfUid(-5)).isEmpty();
  }

  @Test
  void person_updated_losesItsOldUids() {
    Person person = samples.person();
    Person changed =
        new Person(person.id(), person.name(), Optional.empty(), Optional.empty(), Set.of(0));
    write(transaction -> transaction.owners().insert(person));
    write(transaction -> transaction.owners().update(changed));
    thatMaybe(view -> view.owners().person(person.id())).contains(changed);
    thatMaybe(view -> view.owners().personOfUid(0)).contains(changed);
    person.localUids().forEach(uid -> thatMaybe(view -> view.owners().personOfUid(uid)).isEmpty());
    assertThatThrownBy(() -> write(transaction -> transaction.owners().update(samples.person())))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void owner_withParent_comesBack() {
    Person person = samples.person();
    Owner parent = samples.owner(person);
    Owner first = samples.owner(person);
    Owner child =
        new Owner(
            first.id(),
            first.name(),
            first.contact(),
            first.accountable(),
            Optional.of(parent.id()),
            dev.credence.server.core.model.OwnerState.RETIRED,
            first.createdAt());
    write(transaction -> {
      transaction.owners().insert(person);
      transaction.owners().insert(parent);
      transaction.owners().insert(child);
    });
    thatMaybe(view -> view.owners().find(child.id())).contains(child);
    thatMaybe(view -> view.owners().find(child.name())).contains(child);
    thatList(view -> view.owners().all()).containsExactly(parent, child);
    thatMaybe(view -> view.owners().find(new Name("nobody"))).isEmpty();
  }

  @Test
  void subject_withWholeGovernanceRecord_comesBack() {
    World world = World.in(store, samples);
    Subject agent = world.agent();
    thatMaybe(view -> view.subjects().find(agent.id())).contains(agent);
    thatMaybe(view ->
            view.subjects().find(SubjectKind.AGENT, world.owner().name(), agent.handle().name()))
        .contains(agent);
    thatMaybe(view ->
            view.subjects().find(SubjectKind.SERVICE, world.owner().name(), agent.handle().name()))
        .isEmpty();
    thatList(view -> view.subjects().all()).containsExactly(agent);
  }

  @Test
  void subjects_ofOneShortName_areAllFound() {
    World world = World.in(store, samples);
    Owner other = samples.owner(world.person());
    Subject model = samples.subject(SubjectKind.AGENT, other);
    Subject namesake =
        new Subject(
            model.id(),
            new Subject.Handle(
                SubjectKind.AGENT, other.id(), other.name(), world.agent().handle().name()),
            model.state(),
            model.revision(),
            model.svid(),
            dev.credence.server.core.model.Governance.none(),
            model.createdAt());
    write(transaction -> {
      transaction.owners().insert(other);
      transaction.subjects().insert(namesake);
    });
    thatList(view -> view.subjects().named(SubjectKind.AGENT, namesake.handle().name()))
        .containsExactly(world.agent(), namesake);
    thatList(view -> view.subjects().named(SubjectKind.SERVICE, namesake.handle().name()))
        .isEmpty();
  }

  @Test
  void registrations_comeBackInOrder() {
    World world = World.in(store, samples);
    Registration second =
        samples.registration(
            world.agent(),
            new NodeSelection.Having(
                Set.of(new Selector("node", "label", "a:b"), samples.selector())));
    write(transaction -> transaction.subjects().insert(second));
    thatMaybe(view -> view.subjects().registration(second.id())).contains(second);
    thatList(view -> view.subjects().registrationsOf(world.agent().id()))
        .containsExactly(world.registration(), second);
    thatList(view -> view.subjects().allRegistrations())
        .containsExactly(world.registration(), second);
    thatList(view -> view.subjects().registrationsOf(samples.id())).isEmpty();
  }
}
