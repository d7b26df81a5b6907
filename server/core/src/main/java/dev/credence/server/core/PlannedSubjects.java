package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.certs.Name;
import dev.credence.server.core.model.Page;
import dev.credence.server.core.model.Registration;
import dev.credence.server.core.model.SpentName;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.model.SubjectKind;
import dev.credence.server.core.model.SubjectState;
import dev.credence.server.core.port.SubjectReads;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Agents and services as planned over as they are. Confined to one thread.
final class PlannedSubjects implements SubjectReads {
  private final SubjectReads base;
  private final Map<Id, Subject> subjects = new HashMap<>();
  private final Map<Key, Id> names = new HashMap<>();
  private final Map<Spent, SpentName> spent = new HashMap<>();
  private final Map<Id, List<Registration>> registrations = new HashMap<>();

  private record Key(SubjectKind kind, Name owner, Name name) {}

  private record Spent(Id owner, SubjectKind kind, Name name) {}

  PlannedSubjects(SubjectReads base) {
    this.base = base;
  }

  void put(Subject subject, List<Registration> leadingToIt) {
    Subject.Handle handle = subject.handle();
    subjects.put(subject.id(), subject);
    names.put(new Key(handle.kind(), handle.owner(), handle.name()), subject.id());
    registrations.put(subject.id(), List.copyOf(leadingToIt));
  }

  void put(SpentName name) {
    spent.put(new Spent(name.owner(), name.kind(), name.name()), name);
  }

  @Override
  public Optional<Subject> find(Id id) {
    return Optional.ofNullable(subjects.get(id)).or(() -> base.find(id));
  }

  @Override
  public Optional<Subject> find(SubjectKind kind, Name owner, Name name) {
    return Optional.ofNullable(names.get(new Key(kind, owner, name)))
        .map(subjects::get)
        .or(() -> base.find(kind, owner, name))
        .map(found -> subjects.getOrDefault(found.id(), found))
        .filter(found -> found.handle().owner().equals(owner));
  }

  /// By how much an owner has more than before, or less.
  record Growth(long subjects, long registrations) {
    private Growth plus(long more, long sets) {
      return new Growth(subjects + more, registrations + sets);
    }
  }

  /// Of each owner that something was planned for; in one pass.
  Map<Id, Growth> growths() {
    Map<Id, Growth> all = new HashMap<>();
    for (Subject planned : subjects.values()) {
      base.find(planned.id())
          .ifPresent(before -> add(all, before, -1, -base.registrationsOf(before.id()).size()));
      add(all, planned, 1, registrations.getOrDefault(planned.id(), List.of()).size());
    }
    return all;
  }

  /// The same, but who takes something over does not grow by that.
  Map<Id, Growth> growthsWithoutHandOvers() {
    Map<Id, Growth> all = growths();
    for (Subject planned : subjects.values()) {
      base.find(planned.id())
          .filter(before -> !before.handle().ownerId().equals(planned.handle().ownerId()))
          .ifPresent(before -> add(all, planned, -1, -base.registrationsOf(before.id()).size()));
    }
    return all;
  }

  private static void add(Map<Id, Growth> all, Subject subject, long more, long sets) {
    if (subject.state() != SubjectState.RETIRED) {
      all.compute(
          subject.handle().ownerId(),
          (_, growth) -> (growth == null ? new Growth(0, 0) : growth).plus(more, sets));
    }
  }

  private Growth growth(Id owner) {
    return growths().getOrDefault(owner, new Growth(0, 0));
  }

  /// As it is now, without what is planned.
  SubjectReads before() {
    return base;
  }

  @Override
  public long countOf(Id owner) {
    return base.countOf(owner) + growth(owner).subjects();
  }

  @Override
  public long countRegistrationsOf(Id owner) {
    return base.countRegistrationsOf(owner) + growth(owner).registrations();
  }

  @Override
  public boolean isHeld(Id subject) {
    return base.isHeld(subject);
  }

  @Override
  public Optional<SpentName> spent(Id owner, SubjectKind kind, Name name) {
    return Optional.ofNullable(spent.get(new Spent(owner, kind, name)))
        .or(() -> base.spent(owner, kind, name));
  }

  @Override
  public List<Registration> registrationsOf(Id subject) {
    List<Registration> planned = registrations.get(subject);
    return planned == null ? base.registrationsOf(subject) : planned;
  }

  // What follows is as it is: planning does not look there.

  @Override
  public List<Subject> named(SubjectKind kind, Name name) {
    return base.named(kind, name);
  }

  @Override
  public Page<Subject> list(SubjectKind kind, Page.Request page) {
    return base.list(kind, page);
  }

  @Override
  public List<Subject> all() {
    return base.all();
  }

  @Override
  public List<Subject> changedAfter(long revision) {
    return base.changedAfter(revision);
  }

  @Override
  public List<Subject> of(Id owner) {
    return base.of(owner);
  }

  @Override
  public Optional<Registration> registration(Id id) {
    return base.registration(id);
  }

  @Override
  public List<Registration> allRegistrations() {
    return base.allRegistrations();
  }
}
