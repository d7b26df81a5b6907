package dev.credence.server.core;

import dev.credence.server.core.ChangeReport.FieldChange;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Owner;
import dev.credence.server.core.model.OwnerState;
import dev.credence.server.core.model.SpentName;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.model.SubjectState;
import dev.credence.server.core.port.View;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What changes of a life have in common. Stateless.
final class Lives {
  private Lives() {}

  static String word(Enum<?> state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  /// Retired is final.
  static void requireNotRetired(View view, Subject subject) throws ServerException {
    if (subject.state() == SubjectState.RETIRED) {
      throw new ServerException(
          Kind.INVALID,
          Texts.format(
              "%s: retired%s (retired is final: create another one)",
              SubjectDetails.thing(subject), since(view, subject)));
    }
  }

  private static String since(View view, Subject subject) {
    var handle = subject.handle();
    return view.subjects()
        .spent(handle.ownerId(), handle.kind(), handle.name())
        .map(spent -> " at " + spent.at())
        .orElse("");
  }

  static void requireNotRetired(Owner owner) throws ServerException {
    if (owner.state() == OwnerState.RETIRED) {
      throw new ServerException(
          Kind.INVALID,
          Texts.format(
              "owner %s: retired%s (retired is final: create another one)",
              owner.name(), at(owner.retiredAt())));
    }
  }

  static String at(Optional<Instant> time) {
    return time.map(it -> " at " + it).orElse("");
  }

  static SpentName spent(Subject subject, SpentName.Why why, Instant at) {
    var handle = subject.handle();
    return new SpentName(handle.ownerId(), handle.kind(), handle.name(), subject.id(), why, at);
  }

  /// Old and new value of each: `FIELD.from`, `FIELD.to`.
  static Details details(List<FieldChange> fields) {
    Details details = Details.none();
    for (FieldChange field : fields) {
      details
          .and(field.field() + ".from", field.before())
          .and(field.field() + ".to", field.after());
    }
    return details;
  }
}
