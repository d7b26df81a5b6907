package dev.credence.node;

import dev.credence.attestors.AttestationException;
import dev.credence.attestors.Attested;
import dev.credence.attestors.Attested.Gap;
import dev.credence.attestors.Evidence;
import dev.credence.attestors.ProcessRef;
import dev.credence.attestors.Wanted;
import dev.credence.attestors.WorkloadAttestor;
import dev.credence.certs.Isolation;
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
  private final List<WorkloadAttestor> attestors;
  private final IsolationReading isolation;
  private final Spoiling spoiling;

  /// How far a process is apart from others.
  @FunctionalInterface
  interface IsolationReading {
    Isolation of(ProcessFacts facts) throws UnattestableException;
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
      if (e instanceof NoLongerTrueException seenNow) {
        spoiling.spoil(process.mark().pid(), String.valueOf(seenNow.getMessage()));
      }
      // The reason may be that the process has ended or is another one by now; that says more.
      process.requireSame();
      throw e;
    }
    process.requireSame();
    return seen;
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
    return new Attestation(
        process.mark(),
        new Owner(facts.uid(), facts.gid()),
        facts.executable(),
        evidence,
        gaps,
        isolation.of(facts));
  }
}
