package dev.credence.node;

import dev.credence.attestors.Evidence;
import dev.credence.attestors.Selector;
import dev.credence.certs.Isolation;
import dev.credence.node.Attestation.Owner;
import dev.credence.node.NearMiss.Failed;
import dev.credence.node.NearMiss.FailedDemand;
import dev.credence.node.NearMiss.FailedSelector;
import dev.credence.node.launch.LaunchRules;
import dev.credence.platform.linux.PeerCredentials;
import dev.credence.platform.linux.ProcessMark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What this node's registrations say about launches. Thread-safe.
final class LaunchGate implements LaunchRules {
  /// The types of selectors whose values are known before a program runs.
  private static final Set<String> KNOWN = Set.of("code", "launch", "sandbox");

  private final Knowledge knowledge;
  private final RefusalLog refusals;
  private final NodeMetrics metrics;

  LaunchGate(Knowledge knowledge, RefusalLog refusals, NodeMetrics metrics) {
    this.knowledge = knowledge;
    this.refusals = refusals;
    this.metrics = metrics;
  }

  @Override
  public Optional<String> notNow() {
    if (knowledge.shutOut().isPresent()) {
      return Optional.of(Evaluation.SHUT_OUT);
    }
    return knowledge.registry().isEmpty()
        ? Optional.of(Evaluation.NOT_SYNCHRONISED)
        : Optional.empty();
  }

  @Override
  public Set<String> variables(String agent) {
    return of(agent).stream()
        .flatMap(registration -> registration.selectors().stream())
        .filter(selector -> selector.kind().equals("launch:env"))
        .map(Selector::value)
        .collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public Optional<String> mismatch(String agent, List<Evidence> known) {
    List<Registration> registrations = of(agent);
    if (registrations.isEmpty()) {
      return Optional.of(
          Text.of(
              "no agent %s has a registration on this node (expected: one with selectors such as code:tree, see credence agent measure)",
              agent));
    }
    Attestation attestation = before(known);
    Optional<String> other = metWithoutItsVariables(attestation);
    if (other.isPresent()) {
      return other;
    }
    List<Registration> decidable = registrations.stream().map(LaunchGate::decidable).toList();
    boolean matches =
        decidable.stream().anyMatch(one -> attestation.selectors().containsAll(one.selectors()));
    return matches
        ? Optional.empty()
        : Optional.of(
            Text.of(
                "no registration of agent %s fits what would run: %s",
                agent, missed(decidable, attestation)));
  }

  /// A variable that one registration allows can change the code, of which another one knows
  /// nothing: such a one must not be met.
  private Optional<String> metWithoutItsVariables(Attestation attestation) {
    Set<Selector> variables =
        attestation.selectors().stream()
            .filter(selector -> selector.kind().equals("launch:env"))
            .collect(Collectors.toUnmodifiableSet());
    return knowledge.registry().map(Registry::registrations).orElse(List.of()).stream()
        .filter(one -> !one.selectors().containsAll(variables))
        .filter(one -> one.selectors().stream().anyMatch(it -> KNOWN.contains(it.type())))
        .filter(one -> attestation.selectors().containsAll(decidable(one).selectors()))
        .findFirst()
        .map(one ->
            Text.of(
                "a registration of %s would be met too, and does not name %s (expected: none, since the variable can change the code)",
                one.subject().spiffeId(),
                variables.stream()
                    .map(Selector::toString)
                    .sorted()
                    .collect(Collectors.joining(", "))));
  }

  /// Only what can be told before it runs; a registration that names nothing of that kind is met so
  /// far.
  private static Registration decidable(Registration registration) {
    List<Selector> known =
        registration.selectors().stream()
            .filter(selector -> KNOWN.contains(selector.type()))
            .toList();
    List<Selector> asked =
        known.isEmpty() ? List.of(new Selector("sandbox", "cgroup", "own")) : known;
    return new Registration(
        registration.id(),
        registration.revision(),
        registration.essence(),
        registration.subject(),
        asked,
        Demands.NONE,
        registration.hint(),
        registration.createdAt(),
        registration.jwt());
  }

  private static String missed(List<Registration> registrations, Attestation attestation) {
    return NearestRegistration.of(registrations, attestation).stream()
        .findFirst()
        .map(miss -> miss.failed().stream().map(LaunchGate::said).collect(Collectors.joining("; ")))
        .orElse("nothing is missing");
  }

  private static String said(Failed failed) {
    return switch (failed) {
      case FailedSelector(Selector wanted, List<String> seen, String _) ->
          Text.of(
              "%s is %s (expected: %s)",
              wanted.kind(),
              seen.isEmpty() ? "not there" : String.join(", ", seen),
              wanted.value());
      case FailedDemand(String demand) -> demand;
    };
  }

  private static Attestation before(List<Evidence> known) {
    var nobody = new ProcessMark("", 0, 0, 0, 0, 0, 0, 0, 0);
    return new Attestation(nobody, new Owner(0, 0), "", known, List.of(), Isolation.SHARED_UID);
  }

  /// By NAME or OWNER/NAME.
  private List<Registration> of(String agent) {
    return knowledge.registry().map(Registry::registrations).orElse(List.of()).stream()
        .filter(one -> one.subject().kind() == SubjectKind.AGENT)
        .filter(one -> one.subject().spiffeId().path().endsWith("/" + agent))
        .toList();
  }

  @Override
  public void refused(PeerCredentials caller, String why) {
    metrics.refused(RefusalReason.LAUNCH);
    refusals.refused(
        new Refusal.Caller(
            RefusalReason.LAUNCH, caller.uid(), caller.gid(), executable(caller.pid())),
        why,
        Optional.empty());
  }

  private static String executable(int pid) {
    try {
      return Files.readSymbolicLink(Path.of("/proc", Integer.toString(pid), "exe")).toString();
    } catch (IOException e) {
      return ""; // gone, or not ours to see
    }
  }
}
