package dev.credence.node;

import dev.credence.attestors.Attested.Gap;
import dev.credence.attestors.Selector;
import dev.credence.certs.Id;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Registrations of which it cannot be said now whether they lead to a process: each names a
/// property that somebody was asked for who does not answer, and all else that it names holds.
/// Immutable.
///
/// @param why what could not be found out, by property
record Unclear(List<Registration> registrations, Map<String, String> why) {
  Unclear {
    registrations = List.copyOf(registrations);
    why = Map.copyOf(why);
  }

  static Unclear of(Collection<Registration> registrations, Attestation attestation) {
    Map<String, String> passing =
        attestation.gaps().stream()
            .filter(Gap::passing)
            .collect(Collectors.toMap(Gap::kind, Gap::reason, (one, _) -> one));
    if (passing.isEmpty()) {
      return new Unclear(List.of(), Map.of());
    }
    Set<Selector> attested = attestation.selectors();
    return new Unclear(
        registrations.stream()
            .filter(one -> Entitlements.counts(one, attestation))
            .filter(one -> isUnclear(one, attested, passing.keySet()))
            .filter(one -> attestation.isolation().compareTo(one.demands().isolation()) >= 0)
            .toList(),
        passing);
  }

  private static boolean isUnclear(
      Registration registration, Set<Selector> attested, Set<String> passing) {
    Set<Selector> missing = new HashSet<>(registration.selectors());
    missing.removeAll(attested);
    return !missing.isEmpty()
        && missing.stream().allMatch(selector -> passing.contains(selector.kind()));
  }

  boolean isNone() {
    return registrations.isEmpty();
  }

  /// Without those of barred agents and services.
  Unclear without(Set<Id> subjects) {
    return new Unclear(
        registrations.stream().filter(one -> !subjects.contains(one.subject().id())).toList(), why);
  }

  /// True if it may be what led to this execution.
  boolean concerns(HeldExecution execution) {
    return registrations.stream().anyMatch(one -> one.id().equals(execution.registrationId()));
  }

  /// What is held through them, and goes on as long as it is valid; in the order of registrations.
  SortedMap<Registration, HeldExecution> kept(HeldExecutions held) {
    var kept = new TreeMap<Registration, HeldExecution>();
    for (Registration registration : registrations) {
      held.of(registration.subject().id())
          .filter(one -> one.registrationId().equals(registration.id()))
          .filter(one -> one.isUnder(registration))
          .ifPresent(one -> kept.put(registration, one));
    }
    return kept;
  }

  /// For the caller.
  String told() {
    Set<String> named =
        registrations.stream()
            .flatMap(one -> one.selectors().stream())
            .map(Selector::kind)
            .collect(Collectors.toSet());
    return "this node cannot find out now what a registration asks for: "
        + why.entrySet().stream()
            .filter(one -> named.contains(one.getKey()))
            .sorted(Map.Entry.comparingByKey())
            .map(one -> one.getKey() + " (" + one.getValue() + ")")
            .collect(Collectors.joining(", "))
        + "; try again";
  }
}
