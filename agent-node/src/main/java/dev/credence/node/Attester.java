package dev.credence.node;

import dev.credence.attestors.AttestationException;
import dev.credence.attestors.Attested;
import dev.credence.attestors.Attested.Gap;
import dev.credence.attestors.Evidence;
import dev.credence.attestors.ProcessRef;
import dev.credence.attestors.Wanted;
import dev.credence.attestors.WorkloadAttestor;
import dev.credence.attestors.linux.IsolationMeter.Measured;
import dev.credence.node.Attestation.Owner;
import dev.credence.platform.linux.PeerCredentials;
import dev.credence.platform.linux.PinnedProcess;
import dev.credence.platform.linux.ProcessFacts;
import dev.credence.platform.linux.UnattestableException;
import java.util.ArrayList;
import java.util.List;

/// Reads a process: look, then look again. What was read counts only because the process is the
/// same one afterwards. Thread-safe.
final class Attester {
  private static final boolean PASSING = true;

  private final List<WorkloadAttestor> attestors;
  private final IsolationReading isolation;
  private final Spoiling spoiling;

  /// How far a process is apart from others.
  @FunctionalInterface
  interface IsolationReading {
    Measured of(ProcessFacts facts) throws UnattestableException;
  }

  /// @param spoiling told of what is seen, for whatever reason somebody looks
  Attester(List<WorkloadAttestor> attestors, IsolationReading isolation, Spoiling spoiling) {
    this.attestors = List.copyOf(attestors);
    this.isolation = isolation;
    this.spoiling = spoiling;
  }

  /// @param wanted what registrations name
  /// @param baseline what earlier looks at it found, and it must still be
  /// @throws UnattestableException if the process has ended, changed, or can't be believed
  /// @throws AttestationException if something could not be read now
  /// @throws NoLongerTrueException if it is not what it was, or is traced
  Attestation attest(PinnedProcess process, Wanted wanted, Baseline baseline)
      throws UnattestableException, AttestationException, NoLongerTrueException {
    Attestation seen;
    try {
      seen = look(process, wanted, baseline);
    } catch (AttestationException | UnattestableException | NoLongerTrueException e) {
      if (isFinding(e)) {
        spoiling.spoil(process.mark().pid(), String.valueOf(e.getMessage()));
      }
      // The reason may be that the process has ended or is another one by now; that says more.
      process.requireSame();
      throw e;
    }
    process.requireSame();
    return seen;
  }

  /// Against the process, by this or by an attestor (a tracer that came a moment later). What could
  /// not be read has a cause.
  private static boolean isFinding(Exception e) {
    return e instanceof NoLongerTrueException
        || (e instanceof AttestationException && e.getCause() == null);
  }

  private Attestation look(PinnedProcess process, Wanted wanted, Baseline baseline)
      throws UnattestableException, AttestationException, NoLongerTrueException {
    PeerCredentials peer = process.peer();
    ProcessFacts facts = process.facts();
    baseline.require(facts);
    var subject = new ProcessRef(peer.pid(), facts.uid(), facts.gid());
    var evidence = new ArrayList<Evidence>();
    var gaps = new ArrayList<Gap>();
    for (WorkloadAttestor attestor : attestors) {
      Attested attested = attestor.attest(subject, wanted);
      evidence.addAll(attested.evidence());
      gaps.addAll(attested.gaps());
    }
    requireWhole(facts.pid(), evidence);
    Measured measured = isolation.of(facts);
    measured.unmeasured().ifPresent(why -> gaps.add(new Gap(Attestation.ISOLATION, why, PASSING)));
    return new Attestation(
        process.mark(),
        new Owner(facts.uid(), facts.gid()),
        facts.executable(),
        evidence,
        gaps,
        measured.isolation());
  }

  /// Several attestors speak of a launch, one after the other. Its code without its agent is that
  /// of whatever agent runs the same code.
  private static void requireWhole(int pid, List<Evidence> evidence) throws UnattestableException {
    boolean code = evidence.stream().anyMatch(one -> one.selector().type().equals("code"));
    boolean agent = evidence.stream().anyMatch(one -> one.selector().kind().equals("launch:agent"));
    if (code && !agent) {
      throw UnattestableException.notSeen(
          "what the node has started as process " + pid + " changed while it was looked at");
    }
  }
}
