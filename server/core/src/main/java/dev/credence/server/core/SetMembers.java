package dev.credence.server.core;

import dev.credence.certs.Name;
import dev.credence.server.core.model.SetMember;
import dev.credence.server.core.port.View;
import java.util.List;
import java.util.Optional;

/// What belongs to which set. Thread-safe.
public final class SetMembers {
  private final Database database;

  SetMembers(Database database) {
    this.database = database;
  }

  /// In the order in which they joined; what was removed since is left out. Errors: INVALID (the
  /// name), UNAVAILABLE.
  ///
  /// @param set empty: of all sets
  public List<SetView> list(String set) throws ServerException {
    var problems = new Problems();
    Optional<Name> name = set.isEmpty() ? Optional.empty() : problems.name("set", set);
    problems.throwIfAny();
    return database.read(view ->
        name.map(known -> view.sets().members(known)).orElseGet(() -> view.sets().all()).stream()
            .flatMap(member -> shown(view, member).stream())
            .toList());
  }

  private static Optional<SetView> shown(View view, SetMember member) {
    String set = member.set().value();
    return view.subjects()
        .find(member.thing())
        .map(it -> new SetView(set, SubjectDetails.thing(it), Lives.word(it.state())))
        .or(() ->
            view.owners()
                .find(member.thing())
                .map(it -> new SetView(set, "owner " + it.name(), Lives.word(it.state()))))
        .or(() ->
            view.owners()
                .person(member.thing())
                .map(it -> new SetView(set, "person " + it.name(), "")));
  }
}
