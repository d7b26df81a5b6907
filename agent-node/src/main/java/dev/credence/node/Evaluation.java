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
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
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
    Set<Id> barred = knowledge.bars().keySet();
    barred.forEach(one -> held.end(one, EndReason.BARRED));
    Unclear unclear = seen.unclear().without(barred);
    SortedMap<Registration, HeldExecution> kept = unclear.kept(held);
    // What is held through one of which nothing can be said now is not given up for another one.
    Set<Id> keepers =
        kept.keySet().stream().map(one -> one.subject().id()).collect(Collectors.toSet());
    List<Match> matches =
        seen.matches().stream()
            .filter(match -> !barred.contains(match.subjectId()))
            .filter(match -> !keepers.contains(match.subjectId()))
            .toList();
    new Losses(registry, seen.attestation(), unclear).endOthers(matches, held);
    if (matches.isEmpty() && kept.isEmpty()) {
      if (NotEntitled.isTooNear(registry, seen.attestation())) {
        held.notBegun(EndReason.ISOLATION_LOST);
      }
      return nothing(registry, seen, unclear);
    }
    if (!svids) {
      return Stands.of(new Entitled(List.of()));
    }
    var round = new IssueRound(issuance, held, knowledge.away(), clock.instant());
    include(matches, kept, seen.attestation(), round);
    if (round.hasAsked()) {
      // That took time, and whoever runs in the process by now gets to see the answer.
      subject.host.requireSame();
    }
    return unclear.isNone() ? round.outcome() : round.outcomeUnclear(unclear.told());
  }

  private static Outcome nothing(Registry registry, Seen seen, Unclear unclear) {
    if (!unclear.isNone()) {
      return new Stands(new NotNow(unclear.told()), Optional.empty(), true);
    }
    // All that lead to it are of barred agents and services.
    return seen.matches().isEmpty() && seen.unclear().isNone()
        ? Stands.of(NotEntitled.of(registry, seen.attestation()))
        : Stands.of(Denied.of(RefusalReason.BARRED, BARRED));
  }

  /// In the order of the registrations: the first identity is the default.
  private static void include(
      List<Match> matches,
      SortedMap<Registration, HeldExecution> kept,
      Attestation attestation,
      IssueRound round) {
    var steps = new TreeMap<Registration, Runnable>();
    matches.forEach(
        match -> steps.put(match.registration(), () -> round.include(match, attestation)));
    kept.forEach(
        (registration, one) -> steps.put(registration, () -> round.keep(one, registration)));
    steps.values().forEach(Runnable::run);
  }
}
