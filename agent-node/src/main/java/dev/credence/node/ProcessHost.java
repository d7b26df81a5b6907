package dev.credence.node;

import dev.credence.attestors.AttestationException;
import dev.credence.attestors.Wanted;
import dev.credence.node.HostedProcess.AutoCloseableQuietly;
import dev.credence.platform.linux.ExitWatch;
import dev.credence.platform.linux.PinnedProcess;
import dev.credence.platform.linux.ProcessMark;
import dev.credence.platform.linux.UnattestableException;
import java.io.IOException;

/// A process, pinned.
///
/// @param baseline what it was when it was first looked at
record ProcessHost(PinnedProcess process, Baseline baseline) implements Host {
  ProcessHost(PinnedProcess process) {
    this(process, new Baseline());
  }

  @Override
  public ProcessMark mark() {
    return process.mark();
  }

  @Override
  public int uid() {
    return process.peer().uid();
  }

  @Override
  public void requireSame() throws UnattestableException {
    process.requireSame();
  }

  @Override
  public Attestation attest(Attester attester, Wanted wanted)
      throws UnattestableException, AttestationException, NoLongerTrueException {
    return attester.attest(process, wanted, baseline);
  }

  @Override
  public AutoCloseableQuietly watch(ExitWatch exits, Runnable onEnd) throws IOException {
    ExitWatch.Watched watched = exits.watch(process.pidfd(), onEnd);
    return watched::close;
  }

  @Override
  public EndReason end() {
    return EndReason.PROCESS_EXITED;
  }

  @Override
  public void close() {
    process.close();
  }
}
