package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.certs.Name;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.Owner;
import dev.credence.server.core.model.SetMember;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.port.View;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// What belongs to which set. Thread-safe.
public final class SetMembers {
  private final Looking looking;

  SetMembers(Looking looking) {
    this.looking = looking;
  }

  /// In the order in which they joined; what was removed since is left out, and what the caller
  /// does not reach. Errors: INVALID (the name), REFUSED, UNAVAILABLE.
  ///
  /// @param set empty: of all sets
  public List<SetView> list(Actor actor, String set) throws ServerException {
    var problems = new Problems();
    Optional<Name> name = set.isEmpty() ? Optional.empty() : problems.name("set", set);
    problems.throwIfAny();
    return looking
        .as(actor)
        .read(
            Right.LOOK_AT_OWN,
            (view, reach) -> {
              List<SetMember> members =
                  name.map(known -> view.sets().members(known)).orElseGet(() -> view.sets().all());
              return shown(view, reach.owners(), members);
            });
  }

  /// @param owners that are reached; empty: all
  static List<SetView> shown(View view, Optional<Set<Id>> owners, List<SetMember> members) {
    return owners.map(own -> own(view, own, members)).orElseGet(() -> all(view, members));
  }

  private static List<SetView> all(View view, List<SetMember> members) {
    return members.stream().flatMap(member -> shown(view, member).stream()).toList();
  }

  /// What others have is not looked up: it would be work for nothing, at a registrar's bidding.
  private static List<SetView> own(View view, Set<Id> owners, List<SetMember> members) {
    Map<Id, Function<String, SetView>> things = new HashMap<>();
    for (Id id : owners) {
      view.owners().find(id).ifPresent(it -> things.put(id, set -> of(set, it)));
      view.subjects().of(id).forEach(it -> things.put(it.id(), set -> of(set, it)));
    }
    return members.stream()
        .flatMap(member ->
            Optional.ofNullable(things.get(member.thing())).stream()
                .map(it -> it.apply(member.set().value())))
        .toList();
  }

  private static SetView of(String set, Subject subject) {
    return new SetView(set, SubjectDetails.thing(subject), Lives.word(subject.state()));
  }

  private static SetView of(String set, Owner owner) {
    return new SetView(set, "owner " + owner.name(), Lives.word(owner.state()));
  }

  private static Optional<SetView> shown(View view, SetMember member) {
    String set = member.set().value();
    return view.subjects()
        .find(member.thing())
        .map(it -> of(set, it))
        .or(() -> view.owners().find(member.thing()).map(it -> of(set, it)))
        .or(() ->
            view.owners()
                .person(member.thing())
                .map(it -> new SetView(set, "person " + it.name(), "")));
  }
}
