package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.certs.Printable;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.Administrator;
import dev.credence.server.core.model.AdministratorRole;
import dev.credence.server.core.model.AdministratorState;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.Owner;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.model.SubjectKind;
import dev.credence.server.core.port.View;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// How far whoever calls reaches, read from the same view that the call is decided on: a registrar
/// to its owners and those below them, everybody else to the whole. What a registrar does not reach
/// is refused in the same words whether it exists or not. Immutable.
final class Reach {
  private static final Reach WHOLE = new Reach(Optional.empty());
  private static final int SHOWN = 5;

  /// @param owners its own and those below
  /// @param shown for people
  private record Limits(String registrar, Set<Id> owners, String shown) {}

  private final Optional<Limits> limits;

  private Reach(Optional<Limits> limits) {
    this.limits = limits;
  }

  /// Whoever is no administrator over the network reaches the whole: what nodes may do is decided
  /// elsewhere. Errors: REFUSED.
  static Reach of(View view, Actor actor, Right right) throws ServerException {
    if (!(actor instanceof Actor.Administrator caller)) {
      return WHOLE;
    }
    Administrator administrator = active(view, caller);
    AdministratorRole role = administrator.scope().role();
    if (!right.isOf(role)) {
      throw refused(
          caller, Texts.format("%s may not (expected: %s)", role.label(), right.expected()));
    }
    return role == AdministratorRole.REGISTRAR
        ? new Reach(Optional.of(limits(view, administrator)))
        : WHOLE;
  }

  /// The administrator as it stands now. The certificate says who, never what it may. Errors:
  /// REFUSED.
  static Administrator active(View view, Actor.Administrator caller) throws ServerException {
    Administrator administrator =
        view.administrators()
            .find(caller.name())
            .orElseThrow(() -> refused(caller, "not known here"));
    if (administrator.state() != AdministratorState.ACTIVE) {
      throw refused(
          caller,
          Texts.format(
              "%s (expected: active)", administrator.state().name().toLowerCase(Locale.ROOT)));
    }
    if (administrator.key().isEmpty()) {
      throw refused(
          caller,
          "not enrolled since it was resumed (expected: log in with a new token, from credence"
              + " admin token)");
    }
    boolean pinned =
        caller.key().isPresent()
            && administrator.key().map(Administrator.Key::digest).equals(caller.key());
    if (!pinned) {
      throw refused(
          caller,
          "enrolled with another key since (expected: its newest; log in with a new token)");
    }
    return administrator;
  }

  private static ServerException refused(Actor.Administrator caller, String why) {
    return new ServerException(
        Kind.REFUSED, Texts.format("administrator %s: %s", caller.name(), why));
  }

  private static Limits limits(View view, Administrator registrar) {
    List<Owner> all = view.owners().all();
    Set<Id> reached = new HashSet<>(registrar.scope().owners());
    boolean grown = true;
    while (grown) {
      grown = false;
      for (Owner owner : all) {
        grown |= owner.parent().filter(reached::contains).isPresent() && reached.add(owner.id());
      }
    }
    List<String> names =
        all.stream()
            .filter(owner -> registrar.scope().owners().contains(owner.id()))
            .map(owner -> owner.name().value())
            .toList();
    String shown = names.stream().limit(SHOWN).collect(Collectors.joining(", "));
    return new Limits(
        registrar.name().value(),
        Set.copyOf(reached),
        names.size() > SHOWN ? shown + " and " + (names.size() - SHOWN) + " more" : shown);
  }

  boolean isWhole() {
    return limits.isEmpty();
  }

  /// The owners that are reached; empty: all.
  Optional<Set<Id>> owners() {
    return limits.map(Limits::owners);
  }

  boolean covers(Id owner) {
    return limits.isEmpty() || limits.get().owners().contains(owner);
  }

  boolean covers(Subject subject) {
    return covers(subject.handle().ownerId());
  }

  /// True if the execution's agent or service is reached.
  boolean covers(View view, Execution execution) {
    return isWhole()
        || view.subjects().find(execution.host().subjectId()).filter(this::covers).isPresent();
  }

  /// The owner. Errors: REFUSED (not reached), NOT_FOUND.
  Owner owner(View view, String reference) throws ServerException {
    if (isWhole()) {
      return References.knownOwner(view, reference);
    }
    return References.owner(view, reference)
        .filter(owner -> covers(owner.id()))
        .orElseThrow(() -> outside("owner", reference));
  }

  /// The agent or service. Errors: REFUSED (not reached), NOT_FOUND, AMBIGUOUS.
  Subject subject(View view, SubjectKind kind, String reference) throws ServerException {
    if (isWhole()) {
      return References.subject(view, kind, reference);
    }
    return References.find(view, kind, reference, this::covers)
        .orElseThrow(() -> unseen(view, kind.label(), reference));
  }

  /// Within its own owners a registrar hears what is not there; else it does not.
  private ServerException unseen(View view, String what, String reference) {
    int slash = reference.indexOf('/');
    boolean own =
        slash > 0
            && References.owner(view, reference.substring(0, slash))
                .filter(owner -> covers(owner.id()))
                .isPresent();
    return own
        ? new ServerException(
            Kind.NOT_FOUND, Texts.format("%s %s: not found", what, Printable.quoted(reference)))
        : outside(what, reference);
  }

  /// For what is shown again: it may be somebody else's by now. Errors: REFUSED.
  ///
  /// @param id of an agent or service; what else there is, no registrar changes
  void requireStill(View view, Id id) throws ServerException {
    if (!isWhole() && view.subjects().find(id).filter(this::covers).isEmpty()) {
      throw outside("agent or service", id.toString());
    }
  }

  /// An agent of that reference, or else a service. Errors as [#subject].
  Subject anySubject(View view, String reference) throws ServerException {
    if (isWhole()) {
      return References.anySubject(view, reference);
    }
    Optional<Subject> agent = References.find(view, SubjectKind.AGENT, reference, this::covers);
    Optional<Subject> found =
        agent.isPresent()
            ? agent
            : References.find(view, SubjectKind.SERVICE, reference, this::covers);
    return found.orElseThrow(() -> unseen(view, "agent or service", reference));
  }

  /// The execution. Errors: REFUSED (not reached), NOT_FOUND.
  Execution execution(View view, Id id) throws ServerException {
    if (isWhole()) {
      return References.execution(view, id);
    }
    return view.executions()
        .find(id)
        .filter(execution -> covers(view, execution))
        .orElseThrow(() -> outside("execution", id.toString()));
  }

  /// For what is not any owner's alone. Errors: REFUSED.
  void requireWhole(String refusal) throws ServerException {
    if (limits.isPresent()) {
      throw new ServerException(
          Kind.REFUSED,
          Texts.format(
              "administrator %s: %s (expected: role operator)", limits.get().registrar(), refusal));
    }
  }

  private ServerException outside(String what, String reference) {
    Limits mine = limits.orElseThrow();
    return new ServerException(
        Kind.REFUSED,
        Texts.format(
            "administrator %s: %s %s: outside of its owners (expected: one of %s or below, or role"
                + " operator)",
            mine.registrar(), what, Printable.quoted(reference), mine.shown()));
  }
}
