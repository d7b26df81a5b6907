package dev.credence.server.core.port;

import dev.credence.certs.Id;
import dev.credence.certs.Name;
import dev.credence.server.core.model.Page;
import dev.credence.server.core.model.Registration;
import dev.credence.server.core.model.SpentName;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.model.SubjectKind;
import java.util.List;
import java.util.Optional;

/// The part of [Subjects] that only looks.
public interface SubjectReads {
  Optional<Subject> find(Id id);

  Optional<Subject> find(SubjectKind kind, Name owner, Name name);

  /// All of that short name, of any owner.
  List<Subject> named(SubjectKind kind, Name name);

  Page<Subject> list(SubjectKind kind, Page.Request page);

  List<Subject> all();

  /// Those of a higher revision, in rising order of it.
  List<Subject> changedAfter(long revision);

  /// All of that owner, in order of creation.
  List<Subject> of(Id owner);

  /// How many of that owner are not retired.
  long countOf(Id owner);

  /// How many registrations those have.
  long countRegistrationsOf(Id owner);

  /// Who spent that name under that owner, if somebody did.
  Optional<SpentName> spent(Id owner, SubjectKind kind, Name name);

  /// True if an operator suspended it, or whoever is at the local socket: no registrar resumes it.
  boolean isHeld(Id subject);

  Optional<Registration> registration(Id id);

  /// In order of creation.
  List<Registration> registrationsOf(Id subject);

  List<Registration> allRegistrations();
}
