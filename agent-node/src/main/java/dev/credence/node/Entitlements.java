package dev.credence.node;

import dev.credence.attestors.Assurance;
import dev.credence.attestors.Selector;
import dev.credence.certs.CodeAssurance;
import dev.credence.certs.Id;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Which identities a process is entitled to. Pure: the same registrations and the same attestation
/// always give the same answer.
final class Entitlements {
  private static final Comparator<Match> BEST =
      Comparator.comparing(Match::code)
          .reversed()
          .thenComparing(Match::registration, Comparator.naturalOrder());

  private Entitlements() {}

  /// At most one match for each agent or service, in the order of their registrations. Of several
  /// registrations of one subject the one with the strongest code assurance counts, then the
  /// oldest.
  static List<Match> of(Collection<Registration> registrations, Attestation attestation) {
    Set<Selector> attested = attestation.selectors();
    Map<Id, Match> bySubject = new HashMap<>();
    for (Registration registration : registrations) {
      if (counts(registration, attestation) && attested.containsAll(registration.selectors())) {
        matchIfDemandsAreMet(registration, attestation)
            .ifPresent(match -> bySubject.merge(match.subjectId(), match, Entitlements::better));
      }
    }
    return bySubject.values().stream().sorted(Comparator.comparing(Match::registration)).toList();
  }

  /// A program that the node has started for an agent is that agent or nobody, whatever else fits.
  static boolean counts(Registration registration, Attestation attestation) {
    Optional<String> launchedFor = attestation.launchedFor();
    return launchedFor.isEmpty() || launchedFor.equals(registration.subject().agent());
  }

  private static Match better(Match a, Match b) {
    return BEST.compare(a, b) <= 0 ? a : b;
  }

  private static Optional<Match> matchIfDemandsAreMet(
      Registration registration, Attestation attestation) {
    CodeAssurance code = code(registration, attestation);
    Demands demands = registration.demands();
    boolean met =
        code.compareTo(demands.code()) >= 0
            && attestation.isolation().compareTo(demands.isolation()) >= 0;
    return met ? Optional.of(new Match(registration, code)) : Optional.empty();
  }

  /// What the registration's selectors say about the code, see [Assurance].
  static CodeAssurance code(Registration registration, Attestation attestation) {
    CodeAssurance code = Assurance.code(registration.selectors(), attestation.evidence());
    // Whoever uses the SVID need not be who fetched it; the server says the same.
    boolean tooMuch =
        registration.subject().outlivesProcess() && code.compareTo(CodeAssurance.CLAIMED) > 0;
    return tooMuch ? CodeAssurance.CLAIMED : code;
  }
}
