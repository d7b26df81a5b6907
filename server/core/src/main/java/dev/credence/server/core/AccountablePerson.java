package dev.credence.server.core;

import dev.credence.certs.Name;
import dev.credence.server.core.CreateOwner.NewOwner;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.model.Person;
import dev.credence.server.core.port.Transaction;
import java.util.Optional;
import java.util.Set;

/// Finds the human who answers for an owner, and makes them known if they aren't yet.
final class AccountablePerson {
  private final Plumbing plumbing;

  AccountablePerson(Plumbing plumbing) {
    this.plumbing = plumbing;
  }

  /// The named person; or else the one that the calling uid stands for.
  Person resolve(Transaction tx, Call call, NewOwner asked) throws ServerException {
    if (!asked.human().isEmpty()) {
      var name = new Name(asked.human());
      Optional<Person> known = tx.owners().person(name);
      return known.isPresent() ? known.get() : insert(tx, call, name, Set.of());
    }
    if (call.actor() instanceof Actor.LocalUid caller) {
      Optional<Person> known = tx.owners().personOfUid(caller.uid());
      return known.isPresent()
          ? known.get()
          : insert(tx, call, freeName(tx, caller, asked.callerName()), Set.of(caller.uid()));
    }
    throw new ServerException(
        Kind.INVALID, "human: none (expected: the name of the person who answers for the owner)");
  }

  // Never an existing person's name: that would make the caller another human.
  private static Name freeName(Transaction tx, Actor.LocalUid caller, String userName)
      throws ServerException {
    for (String candidate : new String[] {userName, "uid-" + caller.uid()}) {
      Optional<Name> name = nameOf(candidate);
      if (name.isPresent() && tx.owners().person(name.get()).isEmpty()) {
        return name.get();
      }
    }
    throw new ServerException(
        Kind.INVALID,
        Texts.format(
            "human: uid %d stands for nobody, and its name is another person's (expected: --human"
                + " NAME)",
            caller.uid()));
  }

  private static Optional<Name> nameOf(String candidate) {
    try {
      return Optional.of(new Name(candidate));
    } catch (IllegalArgumentException notAName) {
      return Optional.empty();
    }
  }

  private Person insert(Transaction tx, Call call, Name name, Set<Integer> uids) {
    var person = new Person(plumbing.newId(), name, Optional.empty(), Optional.empty(), uids);
    tx.owners().insert(person);
    plumbing
        .journal()
        .append(
            tx,
            Details.of("person", person.id())
                .and("name", name)
                .and("local-uids", String.join(",", uids.stream().map(String::valueOf).toList()))
                .event(EventKind.PERSON_CREATED, call.actor(), About.nothing(), call.request()),
            plumbing.database().now());
    return person;
  }
}
