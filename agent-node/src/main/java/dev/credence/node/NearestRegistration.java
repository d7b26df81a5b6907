package dev.credence.node;

import dev.credence.attestors.Assurance;
import dev.credence.attestors.Attested.Gap;
import dev.credence.attestors.Evidence;
import dev.credence.attestors.Selector;
import dev.credence.certs.CodeAssurance;
import dev.credence.node.NearMiss.Failed;
import dev.credence.node.NearMiss.FailedDemand;
import dev.credence.node.NearMiss.FailedSelector;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/// Finds the registrations that a process misses by the least, so that a person sees which selector
/// to correct. Pure.
final class NearestRegistration {
  private static final int SHOWN = 3;
  private static final Comparator<NearMiss> NEAREST =
      Comparator.<NearMiss>comparingInt(miss -> miss.failed().size())
          .thenComparingInt(miss -> -miss.registration().selectors().size())
          .thenComparing(NearMiss::registration);

  private NearestRegistration() {}

  /// At most three, the nearest first: fewest failures, then most selectors that hold.
  static List<NearMiss> of(Collection<Registration> registrations, Attestation attestation) {
    return registrations.stream()
        .map(registration -> new NearMiss(registration, failed(registration, attestation)))
        .filter(miss -> !miss.failed().isEmpty())
        .sorted(NEAREST)
        .limit(SHOWN)
        .toList();
  }

  private static List<Failed> failed(Registration registration, Attestation attestation) {
    var failed = new ArrayList<Failed>();
    if (!Entitlements.counts(registration, attestation)) {
      failed.add(notItsAgent(attestation));
    }
    var attested = attestation.selectors();
    for (Selector selector : registration.selectors()) {
      if (!attested.contains(selector)) {
        failed.add(
            new FailedSelector(selector, seen(selector, attestation), gap(selector, attestation)));
      }
    }
    if (failed.isEmpty()) {
      addDemands(failed, registration, attestation);
    }
    return failed;
  }

  private static FailedDemand notItsAgent(Attestation attestation) {
    return new FailedDemand(
        Text.of(
            "the node started it for agent %s, and it has no other's identity",
            attestation.launchedFor().orElse("")));
  }

  private static List<String> seen(Selector wanted, Attestation attestation) {
    return attestation.evidence().stream()
        .map(Evidence::selector)
        .filter(s -> s.kind().equals(wanted.kind()))
        .map(Selector::value)
        .sorted()
        .toList();
  }

  private static String gap(Selector wanted, Attestation attestation) {
    return attestation.gaps().stream()
        .filter(gap -> gap.kind().equals(wanted.kind()))
        .map(Gap::reason)
        .findFirst()
        .orElse("");
  }

  private static String because(Registration registration, Attestation attestation) {
    List<Selector> lowering = Assurance.lowering(registration.selectors(), attestation.evidence());
    return lowering.isEmpty()
        ? ""
        : Text.of(
            ", since it has a variable that the registration does not name, as --selector %s would",
            lowering.stream().map(Selector::toString).collect(Collectors.joining(" --selector ")));
  }

  private static void addDemands(
      List<Failed> failed, Registration registration, Attestation attestation) {
    Demands demands = registration.demands();
    CodeAssurance code = Entitlements.code(registration, attestation);
    if (code.compareTo(demands.code()) < 0) {
      failed.add(
          new FailedDemand(
              Text.of(
                  "code assurance is %s%s (expected: at least %s)",
                  code.label(), because(registration, attestation), demands.code().label())));
    }
    if (attestation.isolation().compareTo(demands.isolation()) < 0) {
      failed.add(
          new FailedDemand(
              Text.of(
                  "isolation is %s (expected: at least %s)",
                  attestation.isolation().label(), demands.isolation().label())));
    }
  }
}
