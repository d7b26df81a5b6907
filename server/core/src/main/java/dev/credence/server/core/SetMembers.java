package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.certs.Name;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.Owner;
import dev.credence.server.core.model.Page;
import dev.credence.server.core.model.SetMember;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.port.View;
import java.util.Optional;
import java.util.Set;

/// What belongs to which set. Thread-safe.
public final class SetMembers {
  private final Looking looking;

  SetMembers(Looking looking) {
    this.looking = looking;
  }

  /// In the order in which they joined; what was removed since is left out: a page may be short, or
  /// empty, and not be the last. Who does not reach the whole has pages of its own members alone. A
  /// page costs one look-up for each of its members, whoever asks. Errors: INVALID (the name, the
  /// page), REFUSED, UNAVAILABLE.
  ///
  /// @param set empty: of all sets
  public Page<SetView> list(Actor actor, String set, Page.Request page) throws ServerException {
    var problems = new Problems();
    Optional<Name> name = set.isEmpty() ? Optional.empty() : problems.name("set", set);
    problems.throwIfAny();
    return looking
        .as(actor)
        .paged(Right.LOOK_AT_OWN, (view, reach) -> shown(view, reach, name, page));
  }

  static Page<SetView> shown(View view, Reach reach, Optional<Name> set, Page.Request request) {
    Optional<Set<Id>> owners = reach.owners();
    Page<SetMember> page =
        owners.isPresent()
            ? view.sets().list(set, owners.get(), request)
            : view.sets().list(set, request);
    return new Page<>(
        page.items().stream().flatMap(member -> shown(view, reach, member).stream()).toList(),
        page.next());
  }

  private static Optional<SetView> shown(View view, Reach reach, SetMember member) {
    String set = member.set().value();
    Optional<Subject> subject = view.subjects().find(member.thing());
    if (subject.isPresent()) {
      return subject.filter(reach::covers).map(it -> of(set, it));
    }
    Optional<Owner> owner = view.owners().find(member.thing());
    if (owner.isPresent()) {
      return owner.filter(it -> reach.covers(it.id())).map(it -> of(set, it));
    }
    return reach.isWhole()
        ? view.owners()
            .person(member.thing())
            .map(it -> new SetView(set, "person " + it.name(), ""))
        : Optional.empty();
  }

  private static SetView of(String set, Subject subject) {
    return new SetView(set, SubjectDetails.thing(subject), Lives.word(subject.state()));
  }

  private static SetView of(String set, Owner owner) {
    return new SetView(set, "owner " + owner.name(), Lives.word(owner.state()));
  }
}
