package dev.credence.node;

import dev.credence.attestors.Selector;
import dev.credence.node.NearMiss.FailedDemand;
import dev.credence.node.Standing.Denied;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Why no registration leads to a process, for the server's events: one that nobody registered is
/// told from one that is registered and has no identity all the same, so that nobody registers it
/// again. The process itself learns only that it has none. Pure.
final class NotEntitled {
  private NotEntitled() {}

  static Denied of(Registry registry, Attestation attestation) {
    List<Match> withheld = Withheld.of(registry, attestation);
    if (!withheld.isEmpty()) {
      return denied(
          RefusalReason.WITHHELD,
          Refusal.Told.about(withheld.getFirst().subjectId(), because(withheld)));
    }
    return belowMinimum(registry, attestation)
        .map(told -> denied(RefusalReason.BELOW_MINIMUM, told))
        .orElseGet(() ->
            denied(
                RefusalReason.UNREGISTERED,
                new Refusal.Told(Evaluation.NO_IDENTITY, "", Suggestion.of(attestation))));
  }

  private static Denied denied(RefusalReason reason, Refusal.Told told) {
    return new Denied(reason, Evaluation.NO_IDENTITY, told);
  }

  private static String because(List<Match> withheld) {
    return withheld.stream()
        .map(match -> match.registration().subject())
        .map(subject -> subject.spiffeId() + ": " + subject.withheld())
        .collect(Collectors.joining(", "));
  }

  /// True if the node has started it for an agent that is to be apart from others of its user, and
  /// somebody else was seen there.
  static boolean isTooNear(Registry registry, Attestation attestation) {
    return attestation.launchedFor().isPresent()
        && attestation.isIsolationSeen()
        && fitting(registry, attestation).stream()
            .anyMatch(one -> one.demands().isolation().compareTo(attestation.isolation()) > 0);
  }

  /// All selectors of some registration hold.
  private static List<Registration> fitting(Registry registry, Attestation attestation) {
    Set<Selector> attested = attestation.selectors();
    return Stream.concat(registry.registrations().stream(), registry.withheld().stream())
        .filter(one -> Entitlements.counts(one, attestation))
        .filter(one -> attested.containsAll(one.selectors()))
        .toList();
  }

  /// Only the minimum of one that fits does not hold.
  private static Optional<Refusal.Told> belowMinimum(Registry registry, Attestation attestation) {
    return NearestRegistration.of(fitting(registry, attestation), attestation).stream()
        .findFirst()
        .map(miss ->
            Refusal.Told.about(
                miss.registration().subject().id(),
                miss.registration().subject().spiffeId() + ": " + demands(miss)));
  }

  private static String demands(NearMiss miss) {
    return miss.failed().stream()
        .flatMap(failed ->
            failed instanceof FailedDemand(String demand) ? Stream.of(demand) : Stream.empty())
        .collect(Collectors.joining("; "));
  }
}
