package dev.credence.node;

import dev.credence.attestors.Attested.Gap;
import dev.credence.attestors.Evidence;
import dev.credence.attestors.Selector;
import dev.credence.certs.Isolation;
import dev.credence.platform.linux.ProcessMark;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What the node read of a process, valid for the moment at which it was found to be the same one
/// afterwards.
///
/// @param owner effective user and group
/// @param executable path as shown by the kernel, for people; not proof
/// @param gaps what was wanted, but could not be vouched for
record Attestation(
    ProcessMark mark,
    Owner owner,
    String executable,
    List<Evidence> evidence,
    List<Gap> gaps,
    Isolation isolation) {
  /// The gap of an isolation that could not be measured.
  static final String ISOLATION = "isolation";

  Attestation {
    evidence = List.copyOf(evidence);
    gaps = List.copyOf(gaps);
  }

  /// Effective user and group of a process, unsigned.
  record Owner(int uid, int gid) {}

  /// The agent, OWNER/NAME, for which the node started the process that still is the program it was
  /// started with; empty: there is none.
  Optional<String> launchedFor() {
    return evidence.stream()
        .map(Evidence::selector)
        .filter(selector -> selector.kind().equals("launch:agent"))
        .map(Selector::value)
        .findFirst();
  }

  /// False: who else runs under its user id could not be told, so the isolation says nothing.
  boolean isIsolationSeen() {
    return gaps.stream().noneMatch(gap -> gap.kind().equals(ISOLATION));
  }

  /// The selectors alone.
  Set<Selector> selectors() {
    return evidence.stream().map(Evidence::selector).collect(Collectors.toUnmodifiableSet());
  }
}
