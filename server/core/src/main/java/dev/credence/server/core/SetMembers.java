package dev.credence.server.core;

import dev.credence.certs.Name;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.SetMember;
import dev.credence.server.core.port.View;
import java.util.List;
import java.util.Optional;

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
            (view, reach) ->
                name
                    .map(known -> view.sets().members(known))
                    .orElseGet(() -> view.sets().all())
                    .stream()
                    .flatMap(member -> shown(view, reach, member).stream())
                    .toList());
  }

  private static Optional<SetView> shown(View view, Reach reach, SetMember member) {
    String set = member.set().value();
    return view.subjects()
        .find(member.thing())
        .filter(reach::covers)
        .map(it -> new SetView(set, SubjectDetails.thing(it), Lives.word(it.state())))
        .or(() ->
            view.owners()
                .find(member.thing())
                .filter(it -> reach.covers(it.id()))
                .map(it -> new SetView(set, "owner " + it.name(), Lives.word(it.state()))))
        .or(() ->
            view.owners()
                .person(member.thing())
                .filter(_ -> reach.isWhole())
                .map(it -> new SetView(set, "person " + it.name(), "")));
  }
}
