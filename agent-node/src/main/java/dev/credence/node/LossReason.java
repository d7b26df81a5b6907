package dev.credence.node;

import dev.credence.attestors.Attested.Gap;
import dev.credence.attestors.Selector;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// Why an execution ends that its process is not entitled to any more. Pure.
final class LossReason {
  private static final Set<String> CODE_TYPES = Set.of("code", "docker", "systemd");
  private static final Set<String> CODE =
      Set.of(
          "unix:path",
          "unix:sha256",
          "process:executable_owner",
          "process:executable_writable",
          "process:mapped_path",
          "process:mapped_sha256",
          "process:script");

  private LossReason() {}

  /// If the registration is as it was, then it is the process that isn't.
  static EndReason of(HeldExecution execution, Registry registry, Attestation attestation) {
    Optional<Registration> same =
        registry.registration(execution.registrationId()).filter(now -> execution.isUnder(now));
    if (same.isEmpty()) {
      return EndReason.UNREGISTERED;
    }
    Set<Selector> missing = new HashSet<>(same.get().selectors());
    missing.removeAll(attestation.selectors());
    // What cannot be found out now is no reason; something else is.
    attestation.gaps().stream()
        .filter(Gap::passing)
        .forEach(gap -> missing.removeIf(selector -> selector.kind().equals(gap.kind())));
    if (missing.stream().anyMatch(LossReason::isAboutCode)) {
      return EndReason.CODE_CHANGED;
    }
    if (missing.stream().anyMatch(one -> one.kind().equals("process:cgroup"))) {
      return EndReason.CGROUP_LEFT;
    }
    boolean tooNear =
        missing.isEmpty()
            && attestation.isolation().compareTo(same.get().demands().isolation()) < 0;
    if (!tooNear) {
      return EndReason.PROCESS_CHANGED;
    }
    return attestation.isIsolationSeen() ? EndReason.ISOLATION_LOST : EndReason.ISOLATION_UNSEEN;
  }

  private static boolean isAboutCode(Selector selector) {
    return CODE_TYPES.contains(selector.type()) || CODE.contains(selector.kind());
  }
}
