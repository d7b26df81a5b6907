package dev.credence.node;

import dev.credence.attestors.AttestationException;
import dev.credence.attestors.Wanted;
import dev.credence.node.HostedProcess.AutoCloseableQuietly;
import dev.credence.platform.linux.ExitWatch;
import dev.credence.platform.linux.ProcessMark;
import dev.credence.platform.linux.UnattestableException;
import java.io.IOException;

/// What executions hang on: a process, or, for a caller on TCP, its connection. Held fast, so that
/// it is never mistaken for another one. Thread-safe.
sealed interface Host permits ProcessHost, ConnectionHost {
  /// Tells it from every other one.
  ProcessMark mark();

  /// Of its user, unsigned.
  int uid();

  /// @throws UnattestableException if it is over, or another one
  void requireSame() throws UnattestableException;

  /// Reads what there is to know about it.
  ///
  /// @throws UnattestableException if it is over, changed, or can't be believed
  /// @throws AttestationException if something could not be read now
  /// @throws NoLongerTrueException if it is not what it was
  Attestation attest(Attester attester, Wanted wanted)
      throws UnattestableException, AttestationException, NoLongerTrueException;

  /// Says, once, that it is over; at once if it is already.
  AutoCloseableQuietly watch(ExitWatch exits, Runnable onEnd) throws IOException;

  /// Why its executions end then.
  EndReason end();

  /// Lets go of it.
  void close();
}
