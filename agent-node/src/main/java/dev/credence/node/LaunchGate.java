package dev.credence.node;

import dev.credence.attestors.Assurance;
import dev.credence.attestors.Evidence;
import dev.credence.attestors.Selector;
import dev.credence.certs.CodeAssurance;
import dev.credence.certs.Id;
import dev.credence.certs.Isolation;
import dev.credence.node.Attestation.Owner;
import dev.credence.node.NearMiss.Failed;
import dev.credence.node.NearMiss.FailedDemand;
import dev.credence.node.NearMiss.FailedSelector;
import dev.credence.node.launch.BeforeStart;
import dev.credence.node.launch.CodeVariables;
import dev.credence.node.launch.LaunchRefusal;
import dev.credence.node.launch.LaunchRules;
import dev.credence.platform.linux.PeerCredentials;
import dev.credence.platform.linux.ProcessMark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
  public List<String> agents(String given) {
    return of(given).stream()
        .flatMap(one -> one.subject().agent().stream())
        .distinct()
        .sorted()
        .toList();
  }

  @Override
  public Optional<String> notice(String agent, List<Evidence> known) {
    Attestation attestation = before(known, Isolation.SANDBOXED);
    return Entitlements.of(
            of(agent).stream().map(one -> decidable(one, attestation)).toList(), attestation)
        .stream()
        .map(match -> Assurance.lowering(match.registration().selectors(), known))
        .filter(lowering -> !lowering.isEmpty())
        .findFirst()
        .map(lowering ->
            Text.of(
                "the code counts as file, not launcher: the registration does not name what --env gives (add --selector %s)",
                joined(lowering, " --selector ")));
  }

  private static String joined(Collection<Selector> selectors, String between) {
    return selectors.stream().map(Selector::toString).sorted().collect(Collectors.joining(between));
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
  public Optional<String> mismatch(String agent, BeforeStart known) {
    List<Registration> registrations = of(agent);
    if (registrations.isEmpty()) {
      Optional<String> withheld = withheld(agent);
      return withheld.isPresent()
          ? withheld
          : Optional.of(
              Text.of(
                  "no agent %s has a registration on this node (expected: one with selectors such as code:tree, see credence agent measure; whoever administers Credence sees the names: credence agent list)",
                  agent));
    }
    Optional<String> shared = shared(registrations, known);
    Attestation attestation =
        before(known.evidence(), shared.isPresent() ? Isolation.SHARED_UID : Isolation.SANDBOXED);
    Optional<String> other = metWithoutItsVariables(attestation);
    if (other.isPresent()) {
      return other;
    }
    List<Registration> decidable =
        registrations.stream().map(one -> decidable(one, attestation)).toList();
    return !Entitlements.of(decidable, attestation).isEmpty()
        ? Optional.empty()
        : Optional.of(
            Text.of(
                "no registration of agent %s fits what would run: %s",
                agent, missed(decidable, attestation, new Causes(known.file(), shared))));
  }

  /// Not asked if nobody demands more.
  private static Optional<String> shared(List<Registration> registrations, BeforeStart known) {
    return registrations.stream()
            .anyMatch(one -> one.demands().isolation().compareTo(Isolation.SHARED_UID) > 0)
        ? known.shared().get()
        : Optional.empty();
  }

  /// A variable that one registration allows can change the code, of which another one knows
  /// nothing: such a one must not be met.
  private Optional<String> metWithoutItsVariables(Attestation attestation) {
    Set<Selector> variables =
        attestation.selectors().stream()
            .filter(selector -> selector.kind().equals("launch:env"))
            .filter(selector -> CodeVariables.changesCode(selector.value()))
            .collect(Collectors.toUnmodifiableSet());
    return knowledge.registry().map(Registry::registrations).orElse(List.of()).stream()
        .filter(one -> Entitlements.counts(one, attestation))
        .filter(one -> !one.selectors().containsAll(variables))
        .filter(one -> one.selectors().stream().anyMatch(it -> KNOWN.contains(it.type())))
        .filter(one -> attestation.selectors().containsAll(known(one)))
        .findFirst()
        .map(one ->
            Text.of(
                "a registration of %s would be met too, and does not name %s (expected: none, since the variable can change the code)",
                one.subject().spiffeId(), joined(variables, ", ")));
  }

  /// Only what can be told before it runs; a registration that names nothing of that kind is met so
  /// far.
  private static Registration decidable(Registration registration, Attestation before) {
    return new Registration(
        registration.id(),
        registration.revision(),
        registration.essence(),
        registration.subject(),
        known(registration),
        new Demands(least(registration, before), registration.demands().isolation()),
        registration.hint(),
        registration.createdAt(),
        registration.jwt());
  }

  private static List<Selector> known(Registration registration) {
    List<Selector> known =
        registration.selectors().stream()
            .filter(selector -> KNOWN.contains(selector.type()))
            .toList();
    return known.isEmpty() ? List.of(new Selector("sandbox", "no_new_privs", "true")) : known;
  }

  /// What is known now about the code cannot become more: further selectors only lower it. If
  /// nothing is, those that are read of the running process may still say something.
  private static CodeAssurance least(Registration registration, Attestation before) {
    boolean allKnown =
        registration.selectors().stream().allMatch(selector -> KNOWN.contains(selector.type()));
    boolean decided =
        allKnown || Entitlements.code(registration, before).compareTo(CodeAssurance.NONE) > 0;
    return decided ? registration.demands().code() : CodeAssurance.NONE;
  }

  /// Why a minimum cannot be reached.
  private record Causes(Optional<String> file, Optional<String> shared) {
    String of(NearMiss miss, Attestation attestation) {
      if (miss.failed().stream().anyMatch(FailedSelector.class::isInstance)) {
        return "";
      }
      Demands demands = miss.registration().demands();
      CodeAssurance code = Entitlements.code(miss.registration(), attestation);
      Optional<String> ofCode =
          file.filter(_ -> code == CodeAssurance.FILE && code.compareTo(demands.code()) < 0)
              .map(why -> "; the code counts as file: " + why);
      Optional<String> ofIsolation =
          shared
              .filter(_ -> attestation.isolation().compareTo(demands.isolation()) < 0)
              .map(why -> "; the isolation is shared-uid: " + why);
      return ofCode.orElse("") + ofIsolation.orElse("");
    }
  }

  private static String missed(
      List<Registration> registrations, Attestation attestation, Causes causes) {
    return NearestRegistration.of(registrations, attestation).stream()
        .findFirst()
        .map(miss ->
            miss.failed().stream().map(LaunchGate::said).collect(Collectors.joining("; "))
                + causes.of(miss, attestation))
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

  private static Attestation before(List<Evidence> known, Isolation isolation) {
    var nobody = new ProcessMark("", 0, 0, 0, 0, 0, 0, 0, 0);
    return new Attestation(nobody, new Owner(0, 0), "", known, List.of(), isolation);
  }

  private List<Registration> of(String agent) {
    return named(agent, knowledge.registry().map(Registry::registrations).orElse(List.of()));
  }

  /// By NAME or OWNER/NAME.
  private static List<Registration> named(String agent, List<Registration> registrations) {
    return registrations.stream()
        .filter(one -> one.subject().agent().filter(name -> isMeant(agent, name)).isPresent())
        .toList();
  }

  private static boolean isMeant(String given, String agent) {
    return agent.equals(given) || agent.endsWith("/" + given);
  }

  /// The node knows such an agent, but it has no identity now.
  private Optional<String> withheld(String agent) {
    return named(agent, knowledge.registry().map(Registry::withheld).orElse(List.of())).stream()
        .findFirst()
        .map(one ->
            Text.of(
                "%s has no identity now: %s (expected: an agent that is active, and whose owner is)",
                one.subject().spiffeId(), one.subject().withheld()));
  }

  @Override
  public void refused(LaunchRefusal refusal) {
    metrics.refused(RefusalReason.LAUNCH);
    PeerCredentials caller = refusal.caller();
    refusals.refused(
        new Refusal.Caller(
            RefusalReason.LAUNCH,
            caller.uid(),
            caller.gid(),
            executable(caller.pid()),
            new Refusal.Aim(refusal.step().label(), known(refusal.asked().agent()))),
        Refusal.Told.launching(refusal.asked().program(), refusal.why()),
        refusal.mark());
  }

  /// The one agent that is meant, if this node knows one, suspended or not.
  private Optional<Id> known(String agent) {
    List<Id> meant =
        Stream.concat(
                of(agent).stream(),
                named(agent, knowledge.registry().map(Registry::withheld).orElse(List.of()))
                    .stream())
            .map(one -> one.subject().id())
            .distinct()
            .toList();
    return meant.size() == 1 ? Optional.of(meant.getFirst()) : Optional.empty();
  }

  private static String executable(int pid) {
    try {
      return Files.readSymbolicLink(Path.of("/proc", Integer.toString(pid), "exe")).toString();
    } catch (IOException e) {
      return ""; // gone, or not ours to see
    }
  }
}
