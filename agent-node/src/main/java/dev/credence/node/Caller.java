package dev.credence.node;

import dev.credence.node.Standing.Pending;
import dev.credence.platform.linux.PeerCredentials;
import dev.credence.platform.linux.PinnedProcess;
import dev.credence.platform.linux.ProcessMark;
import dev.credence.platform.linux.UnattestableException;
import dev.credence.transport.Peer;
import java.util.Optional;

/// The process at the other end of one connection, held fast from the moment on at which it was
/// accepted. Thread-safe.
final class Caller implements AutoCloseable {
  private final Peer peer;
  private final Optional<PinnedProcess> process;
  private final Standing problem;

  private Caller(Peer peer, Optional<PinnedProcess> process, Standing problem) {
    this.peer = peer;
    this.process = process;
    this.problem = problem;
  }

  /// Pins the peer. A peer that can't be pinned may still ask for what needs no attestation.
  static Caller of(Peer peer) {
    try {
      var pinned = PinnedProcess.pin(peer.credentials(), peer.pidfd(), peer.acceptedAtBootNanos());
      return new Caller(peer, Optional.of(pinned), new Pending());
    } catch (UnattestableException e) {
      Standing problem = RefusedException.of(RefusalReason.UNATTESTABLE, e).standing();
      return new Caller(peer, Optional.empty(), problem);
    }
  }

  PeerCredentials credentials() {
    return peer.credentials();
  }

  /// The mark that it had when it connected, if it could be pinned.
  Optional<ProcessMark> markIfPinned() {
    return process.map(PinnedProcess::mark);
  }

  /// The mark that it had when it connected.
  ///
  /// @throws RefusedException if it never could be pinned
  ProcessMark mark() throws RefusedException {
    return pinned().mark();
  }

  /// A hold of its own on the caller, which is still the process that connected.
  ///
  /// @throws RefusedException if it isn't, or never could be pinned
  PinnedProcess hold() throws RefusedException {
    try {
      return pinned().hold();
    } catch (UnattestableException e) {
      throw RefusedException.of(RefusalReason.MARK_CHANGED, e);
    }
  }

  private PinnedProcess pinned() throws RefusedException {
    if (process.isEmpty()) {
      throw new RefusedException(problem);
    }
    return process.get();
  }

  @Override
  public void close() {
    process.ifPresent(PinnedProcess::close);
  }
}
