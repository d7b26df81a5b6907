package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.certs.Name;
import dev.credence.certs.Printable;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.Node;
import dev.credence.server.core.model.Owner;
import dev.credence.server.core.model.Person;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.model.SubjectKind;
import dev.credence.server.core.model.SubjectState;
import dev.credence.server.core.port.View;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Finds what people refer to: `OWNER/NAME`, `NAME` or id. A name comes first, since an id's text
/// may be one. Stateless.
final class References {
  private static final int CANDIDATES_SHOWN = 10;

  private References() {}

  static Optional<Id> id(String text) {
    try {
      return Optional.of(Id.parse(text));
    } catch (IllegalArgumentException notAnId) {
      return Optional.empty();
    }
  }

  private static Optional<Name> name(String text) {
    try {
      return Optional.of(new Name(text));
    } catch (IllegalArgumentException notAName) {
      return Optional.empty();
    }
  }

  static Optional<Owner> owner(View view, String reference) {
    return name(reference)
        .flatMap(name -> view.owners().find(name))
        .or(() -> id(reference).flatMap(id -> view.owners().find(id)));
  }

  /// The owner. Errors: NOT_FOUND.
  static Owner knownOwner(View view, String reference) throws ServerException {
    return owner(view, reference)
        .orElseThrow(() ->
            new ServerException(
                Kind.NOT_FOUND, Texts.format("owner %s: not found", Printable.quoted(reference))));
  }

  /// The person. Errors: NOT_FOUND.
  static Person person(View view, String reference) throws ServerException {
    return name(reference)
        .flatMap(name -> view.owners().person(name))
        .or(() -> id(reference).flatMap(id -> view.owners().person(id)))
        .orElseThrow(() ->
            new ServerException(
                Kind.NOT_FOUND, Texts.format("person %s: not found", Printable.quoted(reference))));
  }

  /// The agent or service. Errors: NOT_FOUND; AMBIGUOUS, which names the candidates.
  static Subject subject(View view, SubjectKind kind, String reference) throws ServerException {
    return find(view, kind, reference, _ -> true).orElseThrow(() -> noSubject(kind, reference));
  }

  static ServerException noSubject(SubjectKind kind, String reference) {
    return new ServerException(
        Kind.NOT_FOUND,
        Texts.format("%s %s: not found", kind.label(), Printable.quoted(reference)));
  }

  /// The agent or service, among those that are looked at. Errors: AMBIGUOUS, which names the
  /// candidates.
  static Optional<Subject> find(
      View view, SubjectKind kind, String reference, Predicate<Subject> among)
      throws ServerException {
    int slash = reference.indexOf('/');
    return slash < 0
        ? byShortName(view, kind, reference, among)
        : byFullName(view, kind, reference.substring(0, slash), reference.substring(slash + 1))
            .filter(among);
  }

  private static Optional<Subject> byFullName(
      View view, SubjectKind kind, String owner, String shortName) {
    return name(owner)
        .flatMap(of -> name(shortName).flatMap(name -> view.subjects().find(kind, of, name)));
  }

  private static Optional<Subject> byShortName(
      View view, SubjectKind kind, String reference, Predicate<Subject> among)
      throws ServerException {
    List<Subject> named =
        notRetired(
            name(reference)
                .map(name -> view.subjects().named(kind, name))
                .orElse(List.of())
                .stream()
                .filter(among)
                .toList());
    if (named.size() > 1) {
      throw new ServerException(
          Kind.AMBIGUOUS,
          Texts.format(
              "%s %s: several have this name (expected: one of %s)",
              kind.label(), Printable.quoted(reference), candidates(named)));
    }
    return named.stream()
        .findFirst()
        .or(() ->
            id(reference)
                .flatMap(id -> view.subjects().find(id))
                .filter(subject -> subject.handle().kind() == kind)
                .filter(among));
  }

  /// The retired count only if there is nobody else of that name.
  private static List<Subject> notRetired(List<Subject> named) {
    List<Subject> live =
        named.stream().filter(subject -> subject.state() != SubjectState.RETIRED).toList();
    return live.isEmpty() ? named : live;
  }

  private static String candidates(List<Subject> named) {
    String shown =
        named.stream()
            .map(subject -> subject.handle().display())
            .sorted()
            .limit(CANDIDATES_SHOWN)
            .collect(Collectors.joining(", "));
    return named.size() > CANDIDATES_SHOWN
        ? Texts.format("%s and %d more", shown, named.size() - CANDIDATES_SHOWN)
        : shown;
  }

  static Id executionId(String reference) throws ServerException {
    return id(reference).orElseThrow(() -> noExecution(reference));
  }

  static Execution execution(View view, Id id) throws ServerException {
    return view.executions().find(id).orElseThrow(() -> noExecution(id.toString()));
  }

  private static ServerException noExecution(String reference) {
    return new ServerException(
        Kind.NOT_FOUND, Texts.format("execution %s: not found", Printable.quoted(reference)));
  }

  static Node node(View view, String reference) throws ServerException {
    return id(reference)
        .flatMap(id -> view.nodes().find(id))
        .orElseThrow(() ->
            new ServerException(
                Kind.NOT_FOUND, Texts.format("node %s: not found", Printable.quoted(reference))));
  }

  /// An agent of that reference, or else a service.
  static Subject anySubject(View view, String reference) throws ServerException {
    try {
      return subject(view, SubjectKind.AGENT, reference);
    } catch (ServerException e) {
      if (e.kind() != Kind.NOT_FOUND) {
        throw e;
      }
    }
    try {
      return subject(view, SubjectKind.SERVICE, reference);
    } catch (ServerException e) {
      if (e.kind() != Kind.NOT_FOUND) {
        throw e;
      }
      throw new ServerException(
          Kind.NOT_FOUND,
          Texts.format("agent or service %s: not found", Printable.quoted(reference)),
          e);
    }
  }
}
