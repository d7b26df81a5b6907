package dev.credence.server.store;

import dev.credence.server.core.model.Node;
import dev.credence.server.core.model.NodeSelection;
import dev.credence.server.core.model.Owner;
import dev.credence.server.core.model.Person;
import dev.credence.server.core.model.Registration;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.model.SubjectKind;
import dev.credence.server.core.port.Store;

/// A person, an owner, an agent with a registration, a node: what executions need.
record World(Person person, Owner owner, Subject agent, Registration registration, Node node) {

  static World in(Store store, Samples samples) {
    Person person = samples.person();
    Owner owner = samples.owner(person);
    Subject agent = samples.subject(SubjectKind.AGENT, owner);
    World world =
        new World(
            person,
            owner,
            agent,
            samples.registration(agent, new NodeSelection.AnyNode()),
            samples.node());
    return store.write(transaction -> {
      transaction.owners().insert(world.person());
      transaction.owners().insert(world.owner());
      transaction.subjects().insert(world.agent());
      transaction.subjects().insert(world.registration());
      transaction.nodes().insert(world.node());
      return world;
    });
  }
}
