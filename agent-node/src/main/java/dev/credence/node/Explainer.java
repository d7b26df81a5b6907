package dev.credence.node;

import dev.credence.attestors.AttestationException;
import dev.credence.attestors.Wanted;
import dev.credence.certs.CodeAssurance;
import dev.credence.node.NearMiss.FailedDemand;
import dev.credence.node.NearMiss.FailedSelector;
import dev.credence.platform.linux.PeerCredentials;
import dev.credence.platform.linux.PinnedProcess;
import dev.credence.platform.linux.UnattestableException;
import dev.credence.proto.local.v1.Explanation;
import dev.credence.proto.local.v1.Failed;
import dev.credence.proto.local.v1.Gap;
import dev.credence.proto.local.v1.SelectorsSeen;
import io.grpc.Status;
import io.grpc.StatusException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Answers for people what the node sees of a process, and what follows from it. Decides nothing.
final class Explainer {
  private static final Set<String> USER_KINDS = Set.of("unix:uid", "unix:user");

  private final Attester attester;
  private final Knowledge knowledge;
  private final ProcessTable processes;
  private final Reasons reasons;

  /// Why the node, or a process on it, gets nothing.
  record Reasons(NodeTrouble trouble, Unissued unissued) {}

  Explainer(Attester attester, Knowledge knowledge, ProcessTable processes, Reasons reasons) {
    this.reasons = reasons;
    this.attester = attester;
    this.knowledge = knowledge;
    this.processes = processes;
  }

  /// @param pid 0: the caller itself
  /// @throws StatusException NOT_FOUND if there is no such process, PERMISSION_DENIED if it is
  ///   another user's and the caller is not root
  Explanation explain(PeerCredentials caller, int pid) throws StatusException {
    return look(
        caller,
        pid,
        process -> explain(process, caller.uid() == 0),
        problem -> header().setProblem(problem).build());
  }

  /// Everything that could be attested of a process, whether or not it is wanted. As [#explain].
  SelectorsSeen selectors(PeerCredentials caller, int pid) throws StatusException {
    return look(
        caller,
        pid,
        this::selectors,
        problem -> SelectorsSeen.newBuilder().setProblem(problem).build());
  }

  /// Of secrets only what registrations name anyway.
  private Wanted everything() {
    return knowledge
        .registry()
        .map(registry -> registry.wanted().andEverything())
        .orElse(Wanted.everything());
  }

  private SelectorsSeen selectors(PinnedProcess process) {
    try {
      Attestation attestation = attester.attest(process, everything(), new Baseline());
      var seen =
          SelectorsSeen.newBuilder()
              .setAttestation(Wire.shownAttestation(attestation, strongest(attestation)));
      attestation.gaps().stream()
          .map(gap -> Gap.newBuilder().setKind(gap.kind()).setReason(gap.reason()))
          .forEach(seen::addGaps);
      return seen.build();
    } catch (UnattestableException | AttestationException | NoLongerTrueException e) {
      return SelectorsSeen.newBuilder().setProblem(String.valueOf(e.getMessage())).build();
    }
  }

  private static <T> T look(
      PeerCredentials caller,
      int pid,
      Function<PinnedProcess, T> answer,
      Function<String, T> noAnswer)
      throws StatusException {
    int wanted = pid == 0 ? caller.pid() : pid;
    if (wanted < 0) {
      throw notFound(wanted);
    }
    try (PinnedProcess process = PinnedProcess.ofPid(wanted)) {
      requireMayLook(caller, process.peer());
      return answer.apply(process);
    } catch (UnattestableException e) {
      if (e.reason() == UnattestableException.Reason.EXITED) {
        throw notFound(wanted);
      }
      // Whose process it is could not be found out: only root and the process itself may know more.
      if (caller.uid() != 0 && wanted != caller.pid()) {
        throw mayNotLook(wanted);
      }
      return noAnswer.apply(String.valueOf(e.getMessage()));
    }
  }

  private static void requireMayLook(PeerCredentials caller, PeerCredentials process)
      throws StatusException {
    if (caller.uid() != 0 && caller.uid() != process.uid()) {
      throw mayNotLook(process.pid());
    }
  }

  private static StatusException mayNotLook(int pid) {
    return Status.PERMISSION_DENIED
        .withDescription(
            Text.of(
                "process %d runs as another user (expected: your own uid, or root, who may ask about all)",
                pid))
        .asException();
  }

  private static StatusException notFound(int pid) {
    return Status.NOT_FOUND.withDescription(Text.of("no process %d", pid)).asException();
  }

  /// @param all false: what other users' registrations say is none of the caller's business
  private Explanation explain(PinnedProcess process, boolean all) {
    Attestation attestation;
    try {
      attestation = attester.attest(process, everything(), new Baseline());
    } catch (UnattestableException | AttestationException | NoLongerTrueException e) {
      return header().setProblem(String.valueOf(e.getMessage())).build();
    }
    List<Registration> registrations =
        knowledge.registry().map(Registry::registrations).orElse(List.of());
    List<Match> matches = Entitlements.of(registrations, attestation);
    var explanation = header();
    // What the certificate would say: the code assurance of the default identity.
    var code = matches.isEmpty() ? strongest(attestation) : matches.getFirst().code();
    explanation.setAttestation(Wire.shownAttestation(attestation, code));
    Optional<HostedProcess> hosted = processes.byMark(attestation.mark());
    matches.forEach(match ->
        explanation.addMatches(match(match, hosted).setNotIssued(notIssued(match, attestation))));
    knowledge.registry().stream()
        .flatMap(registry -> Withheld.of(registry, attestation).stream())
        .forEach(match -> explanation.addWithheld(withheld(match)));
    if (matches.isEmpty() && explanation.getWithheldCount() == 0) {
      List<Registration> shown =
          registrations.stream().filter(one -> all || isForUser(one, attestation)).toList();
      NearestRegistration.of(shown, attestation)
          .forEach(miss -> explanation.addNearest(nearMiss(miss)));
    }
    return explanation.build();
  }

  /// True unless it names another user than the process's.
  static boolean isForUser(Registration registration, Attestation attestation) {
    return registration.selectors().stream()
        .filter(selector -> USER_KINDS.contains(selector.kind()))
        .allMatch(attestation.selectors()::contains);
  }

  private static CodeAssurance strongest(Attestation attestation) {
    return attestation.evidence().stream()
        .flatMap(evidence -> evidence.code().stream())
        .max(Comparator.naturalOrder())
        .orElse(CodeAssurance.NONE);
  }

  private Explanation.Builder header() {
    Optional<Registry> registry = knowledge.registry();
    return Explanation.newBuilder()
        .setSynchronised(registry.isPresent())
        .setNodeProblem(reasons.trouble().now().orElse(""))
        .setShutOut(knowledge.shutOut().isPresent())
        .setRegistrations(registry.map(known -> known.registrations().size()).orElse(0));
  }

  private String notIssued(Match match, Attestation attestation) {
    return reasons.unissued().of(attestation.mark(), match.subjectId()).orElse("");
  }

  private dev.credence.proto.local.v1.Match.Builder match(
      Match match, Optional<HostedProcess> hosted) {
    Registration registration = match.registration();
    var wire =
        dev.credence.proto.local.v1.Match.newBuilder()
            .setRegistrationId(registration.id().toString())
            .setSpiffeId(registration.subject().spiffeId().toString());
    registration.selectors().forEach(selector -> wire.addSelectors(Wire.selector(selector)));
    Bar bar = knowledge.bars().get(match.subjectId());
    if (bar != null) {
      wire.setBarredByExecutionId(bar.execution().toString());
    }
    hosted.stream()
        .flatMap(process -> process.executions().stream())
        .filter(execution -> execution.subjectId().equals(match.subjectId()))
        .forEach(execution -> wire.setExecutionId(execution.id().toString()));
    return wire;
  }

  private static dev.credence.proto.local.v1.Withheld withheld(Match match) {
    Registration registration = match.registration();
    var wire =
        dev.credence.proto.local.v1.Withheld.newBuilder()
            .setRegistrationId(registration.id().toString())
            .setSpiffeId(registration.subject().spiffeId().toString())
            .setReason(registration.subject().withheld());
    registration.selectors().forEach(selector -> wire.addSelectors(Wire.selector(selector)));
    return wire.build();
  }

  private static dev.credence.proto.local.v1.NearMiss nearMiss(NearMiss miss) {
    Registration registration = miss.registration();
    var wire =
        dev.credence.proto.local.v1.NearMiss.newBuilder()
            .setRegistrationId(registration.id().toString())
            .setSpiffeId(registration.subject().spiffeId().toString());
    registration.selectors().forEach(selector -> wire.addSelectors(Wire.selector(selector)));
    miss.failed().forEach(failed -> wire.addFailed(failed(failed)));
    return wire.build();
  }

  private static Failed failed(NearMiss.Failed failed) {
    return switch (failed) {
      case FailedSelector(var selector, var seen, var gap) ->
          Failed.newBuilder()
              .setSelector(Wire.selector(selector))
              .addAllSeen(seen)
              .setDemand(gap.isEmpty() ? "" : selector + " (not attested: " + gap + ")")
              .build();
      case FailedDemand(String demand) -> Failed.newBuilder().setDemand(demand).build();
    };
  }
}
