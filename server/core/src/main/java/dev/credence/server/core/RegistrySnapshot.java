package dev.credence.server.core;

import dev.credence.attestors.Selector;
import dev.credence.certs.Id;
import dev.credence.server.core.model.NodeSelection.AnyNode;
import dev.credence.server.core.model.NodeSelection.Having;
import dev.credence.server.core.model.OwnerState;
import dev.credence.server.core.model.Registration;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.port.View;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// All registrations, also those that lead nowhere now, as of one number of the registry's
/// sequence. Immutable; a changed copy shares nearly everything. It tells nodes what is meant for
/// them; it never decides a write.
///
/// Each registration stands under one of its node selectors (the first in the order of their text),
/// or under "any node": a node finds its own by looking under each selector that it has.
public final class RegistrySnapshot {
  private static final Duration RETIRED_TOLD = Duration.ofDays(30);

  private final Id epoch;
  private final long number;
  private final PersistentMap<Id, RegistryEntry> byId;
  private final PersistentMap<Id, List<RegistryEntry>> bySubject;
  private final PersistentMap<Selector, PersistentMap<Id, RegistryEntry>> byNodeSelector;
  private final PersistentMap<Id, RegistryEntry> forAnyNode;

  private RegistrySnapshot(Id epoch, long number, Index index) {
    this.epoch = epoch;
    this.number = number;
    this.byId = index.byId;
    this.bySubject = index.bySubject;
    this.byNodeSelector = index.byNodeSelector;
    this.forAnyNode = index.forAnyNode;
  }

  private record Index(
      PersistentMap<Id, RegistryEntry> byId,
      PersistentMap<Id, List<RegistryEntry>> bySubject,
      PersistentMap<Selector, PersistentMap<Id, RegistryEntry>> byNodeSelector,
      PersistentMap<Id, RegistryEntry> forAnyNode) {}

  /// A registry without registrations.
  static RegistrySnapshot empty(Id epoch, long number) {
    return new RegistrySnapshot(
        epoch,
        number,
        new Index(
            PersistentMap.empty(),
            PersistentMap.empty(),
            PersistentMap.empty(),
            PersistentMap.empty()));
  }

  /// What the database says. Registrations of what is suspended are in it, marked as withheld; of
  /// what is retired for a month, so that a node can say why.
  static RegistrySnapshot load(View view) {
    Map<Id, OwnerState> owners =
        view.owners().all().stream()
            .collect(Collectors.toMap(owner -> owner.id(), owner -> owner.state()));
    Map<Id, Subject> subjects =
        view.subjects().all().stream()
            .filter(subject -> isKnownToNodes(view, subject))
            .collect(Collectors.toMap(Subject::id, Function.identity()));
    RegistrySnapshot loaded = empty(view.meta().epoch(), view.meta().registryNumber());
    Map<Id, List<RegistryEntry>> entries =
        view.subjects().allRegistrations().stream()
            .filter(registration -> subjects.containsKey(registration.subjectId()))
            .map(registration -> entry(subjects, owners, registration))
            .collect(Collectors.groupingBy(entry -> entry.subject().id()));
    for (Map.Entry<Id, List<RegistryEntry>> subject : entries.entrySet()) {
      loaded = loaded.with(new RegistryChange(loaded.number, subject.getKey(), subject.getValue()));
    }
    return loaded;
  }

  /// What leads to that subject now, as [#load] would find it.
  static List<RegistryEntry> entries(View view, Subject subject) {
    if (!isKnownToNodes(view, subject)) {
      return List.of();
    }
    OwnerState owner =
        view.owners()
            .find(subject.handle().ownerId())
            .map(found -> found.state())
            .orElse(OwnerState.RETIRED);
    Withheld withheld = Withheld.of(subject.state(), owner);
    return view.subjects().registrationsOf(subject.id()).stream()
        .map(registration -> new RegistryEntry(subject, registration, withheld))
        .toList();
  }

  /// What has to be published so that this becomes the newer one; all under the newer one's number.
  List<RegistryChange> differences(RegistrySnapshot newer) {
    return Stream.concat(byId.values(), newer.byId.values())
        .map(entry -> entry.subject().id())
        .distinct()
        .filter(subject -> !Set.copyOf(of(subject)).equals(Set.copyOf(newer.of(subject))))
        .map(subject -> new RegistryChange(newer.number, subject, newer.of(subject)))
        .toList();
  }

  /// The same, known to be as of a later number.
  RegistrySnapshot at(long later) {
    return new RegistrySnapshot(
        epoch, later, new Index(byId, bySubject, byNodeSelector, forAnyNode));
  }

  private static boolean isKnownToNodes(View view, Subject subject) {
    return switch (subject.state()) {
      case DRAFT -> false;
      case ACTIVE, SUSPENDED -> true;
      case RETIRED -> {
        var handle = subject.handle();
        Instant now = view.meta().highestTime().orElse(Instant.EPOCH);
        yield view.subjects()
            .spent(handle.ownerId(), handle.kind(), handle.name())
            .filter(spent -> spent.at().plus(RETIRED_TOLD).isAfter(now))
            .isPresent();
      }
    };
  }

  private static RegistryEntry entry(
      Map<Id, Subject> subjects, Map<Id, OwnerState> owners, Registration registration) {
    Subject subject = subjects.get(registration.subjectId());
    if (subject == null) {
      throw new IllegalStateException(
          Texts.format("registration %s has no subject", registration.id()));
    }
    OwnerState owner =
        Objects.requireNonNullElse(owners.get(subject.handle().ownerId()), OwnerState.RETIRED);
    return new RegistryEntry(subject, registration, Withheld.of(subject.state(), owner));
  }

  /// As of which database. Another epoch: nothing that was known before counts.
  public Id epoch() {
    return epoch;
  }

  /// As of which change.
  public long number() {
    return number;
  }

  /// How many registrations there are.
  public int size() {
    return byId.size();
  }

  /// The registration with that id.
  public Optional<RegistryEntry> find(Id registration) {
    return byId.get(registration);
  }

  /// The registrations that lead to this agent or service.
  List<RegistryEntry> of(Id subject) {
    return bySubject.get(subject).orElse(List.of());
  }

  /// Everything that is meant for a node with these selectors, in order of creation.
  public List<RegistryEntry> meantFor(Set<Selector> node) {
    Stream<RegistryEntry> named =
        node.stream()
            .flatMap(selector -> byNodeSelector.get(selector).stream())
            .flatMap(PersistentMap::values)
            .filter(entry -> entry.registration().nodes().admits(node));
    return Stream.concat(forAnyNode.values(), named).sorted(RegistryEntry.BY_CREATION).toList();
  }

  /// The registry after that change: all registrations of its subject are replaced.
  RegistrySnapshot with(RegistryChange change) {
    Index index = new Index(byId, bySubject, byNodeSelector, forAnyNode);
    for (RegistryEntry old : of(change.subject())) {
      index = without(index, old);
    }
    for (RegistryEntry entry : change.entries()) {
      index = with(index, entry);
    }
    PersistentMap<Id, List<RegistryEntry>> subjects =
        change.entries().isEmpty()
            ? index.bySubject.without(change.subject())
            : index.bySubject.with(change.subject(), change.entries());
    return new RegistrySnapshot(
        epoch,
        change.number(),
        new Index(index.byId, subjects, index.byNodeSelector, index.forAnyNode));
  }

  private static Index with(Index index, RegistryEntry entry) {
    PersistentMap<Id, RegistryEntry> ids = index.byId.with(entry.id(), entry);
    return switch (entry.registration().nodes()) {
      case AnyNode _ ->
          new Index(
              ids, index.bySubject, index.byNodeSelector, index.forAnyNode.with(entry.id(), entry));
      case Having having -> {
        Selector place = place(having);
        PersistentMap<Id, RegistryEntry> there =
            index.byNodeSelector.get(place).orElse(PersistentMap.empty());
        yield new Index(
            ids,
            index.bySubject,
            index.byNodeSelector.with(place, there.with(entry.id(), entry)),
            index.forAnyNode);
      }
    };
  }

  private static Index without(Index index, RegistryEntry entry) {
    PersistentMap<Id, RegistryEntry> ids = index.byId.without(entry.id());
    return switch (entry.registration().nodes()) {
      case AnyNode _ ->
          new Index(
              ids, index.bySubject, index.byNodeSelector, index.forAnyNode.without(entry.id()));
      case Having having -> {
        Selector place = place(having);
        PersistentMap<Id, RegistryEntry> left =
            index.byNodeSelector.get(place).orElse(PersistentMap.empty()).without(entry.id());
        yield new Index(
            ids,
            index.bySubject,
            left.size() == 0
                ? index.byNodeSelector.without(place)
                : index.byNodeSelector.with(place, left),
            index.forAnyNode);
      }
    };
  }

  private static Selector place(Having having) {
    return having.selectors().stream().min(Comparator.comparing(Selector::toString)).orElseThrow();
  }
}
