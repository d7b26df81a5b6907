package dev.credence.node;

import dev.credence.attestors.AttestationException;
import dev.credence.certs.Id;
import dev.credence.node.Outcome.Over;
import dev.credence.node.Outcome.Stands;
import dev.credence.node.RecentLook.Seen;
import dev.credence.node.Standing.Denied;
import dev.credence.node.Standing.Entitled;
import dev.credence.node.Standing.NotNow;
import dev.credence.platform.linux.UnattestableException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Decides how a process is answered: look at it, match it, end what it is no longer entitled to,
/// open or renew what it is. Blocks for round trips to the server. Stateless; for one process it
/// runs once at a time.
final class Evaluation {
  /// The standard's clients know this text.
  static final String NO_IDENTITY = "no identity issued";

  static final String BARRED =
      NO_IDENTITY
          + ": what this process runs as is barred on this node until an administrator lifts it";

  static final String SHUT_OUT = NO_IDENTITY + ": the server does not accept this node";

  static final String NOT_SYNCHRONISED = "this node has not heard from its server yet";

  static final String NOT_SEEN = "this node cannot examine the process now; try again";

  private final Attester attester;
  private final Knowledge knowledge;
  private final Issuance issuance;
  private final Clock clock;
  private final NodeMetrics metrics;

  Evaluation(
      Attester attester, Knowledge knowledge, Issuance issuance, Clock clock, NodeMetrics metrics) {
    this.attester = attester;
    this.knowledge = knowledge;
    this.issuance = issuance;
    this.clock = clock;
    this.metrics = metrics;
  }

  /// What is known of a process.
  record Subject(Host host, HeldExecutions held, RecentLook recent) {}

  /// @param svids true: certificates are wanted, so executions are opened and renewed
  Outcome evaluate(Subject subject, boolean svids) {
    long began = System.nanoTime();
    try {
      return decide(subject, svids);
    } finally {
      metrics.evaluated(System.nanoTime() - began);
    }
  }

  private Outcome decide(Subject subject, boolean svids) {
    Optional<ShutOut> shutOut = knowledge.shutOut();
    if (shutOut.isPresent()) {
      // The server has ended them all.
      subject.held.all().forEach(one -> subject.held.forget(one.id()));
      return Stands.of(Denied.of(RefusalReason.SHUT_OUT, shutOut.get().told()));
    }
    Optional<Registry> registry = knowledge.registry();
    if (registry.isEmpty()) {
      return Stands.of(
          new NotNow(knowledge.away().map(Evaluation::neverReached).orElse(NOT_SYNCHRONISED)));
    }
    HeldExecutions held = subject.held;
    try {
      Optional<Seen> known = subject.recent.ifStillGood(registry.get());
      if (known.isPresent() && isServed(known.get().matches(), held, svids)) {
        subject.host.requireSame();
        return standing(registry.get(), known.get(), subject, svids);
      }
      Attestation attestation = subject.host.attest(attester, registry.get().wanted());
      var seen = Seen.of(attestation, registry.get());
      subject.recent.keep(seen, registry.get());
      return standing(registry.get(), seen, subject, svids);
    } catch (NoLongerTrueException e) {
      return noLongerTrue(e, subject);
    } catch (UnattestableException e) {
      return e.isTransient() ? notSeen(registry.get(), held) : unattestable(e, subject);
    } catch (AttestationException e) {
      return e.getCause() instanceof UnattestableException cause && cause.isTransient()
          ? notSeen(registry.get(), held)
          : unattestable(held, String.valueOf(e.getMessage()));
    }
  }

  private static String neverReached(Knowledge.Away away) {
    return Text.of("%s, which is not reached since %s", NOT_SYNCHRONISED, away.since());
  }

  /// The node could not look, which is no finding: what is held stays, as long as it is valid and
  /// its registration is as it was.
  private Outcome notSeen(Registry registry, HeldExecutions held) {
    var round = new IssueRound(issuance, held, knowledge.away(), clock.instant());
    for (Registration registration : registry.registrations()) {
      held.of(registration.subject().id())
          .filter(one -> one.registrationId().equals(registration.id()))
          .filter(one -> one.isUnder(registration))
          .ifPresent(one -> round.keep(one, registration));
    }
    return round.outcomeUnseen(NOT_SEEN);
  }

  /// Nothing has to be asked of the server, so a look of a moment ago will do.
  private boolean isServed(List<Match> matches, HeldExecutions held, boolean svids) {
    return !svids
        || matches.stream()
            .allMatch(match ->
                knowledge.bars().containsKey(match.subjectId())
                    || held.of(match.subjectId())
                        .filter(one -> one.isFresh(match, clock.instant()))
                        .isPresent());
  }

  private static Outcome unattestable(UnattestableException e, Subject subject) {
    return switch (e.reason()) {
      case EXITED -> new Over(subject.host.end());
      case CHANGED -> new Over(EndReason.PROCESS_CHANGED);
      case UNREADABLE, NOT_RANDOMIZED, OUT_OF_SIGHT, NOT_NOW ->
          unattestable(subject.held, String.valueOf(e.getMessage()));
    };
  }

  /// A tracer may go as it came; who has become somebody else must ask anew.
  private static Outcome noLongerTrue(NoLongerTrueException e, Subject subject) {
    if (e.reason() != EndReason.TRACED) {
      return new Over(e.reason());
    }
    subject.held.all().forEach(one -> subject.held.end(one.subjectId(), e.reason()));
    return Stands.of(
        Denied.unattestable(RefusalReason.UNATTESTABLE, String.valueOf(e.getMessage())));
  }

  /// What can't be attested (any more) has nothing (any more).
  private static Outcome unattestable(HeldExecutions held, String why) {
    held.all().forEach(one -> held.end(one.subjectId(), EndReason.PROCESS_CHANGED));
    return Stands.of(Denied.unattestable(RefusalReason.UNATTESTABLE, why));
  }

  private Outcome standing(Registry registry, Seen seen, Subject subject, boolean svids)
      throws UnattestableException {
    HeldExecutions held = subject.held;
    List<Match> entitled = seen.matches();
    Set<Id> barred = knowledge.bars().keySet();
    List<Match> matches =
        entitled.stream().filter(match -> !barred.contains(match.subjectId())).toList();
    barred.forEach(one -> held.end(one, EndReason.BARRED));
    endOthers(matches, registry, seen.attestation(), held);
    if (matches.isEmpty() && !entitled.isEmpty()) {
      return Stands.of(Denied.of(RefusalReason.BARRED, BARRED));
    }
    if (matches.isEmpty()) {
      return Stands.of(
          new Denied(
              RefusalReason.UNREGISTERED,
              NO_IDENTITY,
              Withheld.told(registry, seen.attestation())));
    }
    if (!svids) {
      return Stands.of(new Entitled(List.of()));
    }
    var round = new IssueRound(issuance, held, knowledge.away(), clock.instant());
    matches.forEach(match -> round.include(match, seen.attestation()));
    if (round.hasAsked()) {
      // That took time, and whoever runs in the process by now gets to see the answer.
      subject.host.requireSame();
    }
    return round.outcome();
  }

  private static void endOthers(
      List<Match> matches, Registry registry, Attestation attestation, HeldExecutions held) {
    Map<Id, Match> bySubject =
        matches.stream().collect(Collectors.toMap(Match::subjectId, Function.identity()));
    for (HeldExecution execution : held.all()) {
      Match match = bySubject.get(execution.subjectId());
      if (match == null && isWithheld(execution, registry)) {
        held.forget(execution.id()); // the server has ended it
      } else if (match == null) {
        held.end(execution.subjectId(), LossReason.of(execution, registry, attestation));
      } else if (!execution.isOf(match.registration().subject())) {
        // It has another name now, or ends with something else; the server has ended the old one.
        held.forget(execution.id());
      }
    }
  }

  private static boolean isWithheld(HeldExecution execution, Registry registry) {
    return registry.withheld().stream()
        .anyMatch(one -> one.subject().id().equals(execution.subjectId()));
  }
}
