package dev.credence.node;

import dev.credence.node.Standing.NotNow;
import dev.credence.node.Standing.Pending;
import dev.credence.platform.linux.PeerCredentials;
import dev.credence.platform.linux.PinnedProcess;
import dev.credence.platform.linux.ProcessMark;
import dev.credence.platform.linux.UnattestableException;
import dev.credence.platform.linux.UnattestableException.Reason;
import dev.credence.transport.Peer;
import dev.credence.transport.TcpPeer;
import java.util.Optional;

/// Who is at the other end of one connection: a process, held fast from the moment on at which it
/// was accepted, or the user of a TCP connection. Thread-safe.
final class Caller implements AutoCloseable {
  private static final int NO_GROUP = -1;

  private final PeerCredentials credentials;
  private final Optional<Held> held;
  private final Standing problem;
  private volatile boolean closed;

  private Caller(PeerCredentials credentials, Optional<Held> held, Standing problem) {
    this.credentials = credentials;
    this.held = held;
    this.problem = problem;
  }

  private sealed interface Held {
    record OfProcess(PinnedProcess process) implements Held {}

    record OfConnection(TcpConnection connection) implements Held {}
  }

  /// Pins the peer. A peer that can't be pinned may still ask for what needs no attestation.
  static Caller of(Peer peer) {
    return holding(peer.credentials(), () -> new Held.OfProcess(pinned(peer)));
  }

  /// Its calls begin when its first bytes have come, which may be long after it connected; a
  /// program that was executed meanwhile did not connect.
  private static PinnedProcess pinned(Peer peer) throws UnattestableException {
    PinnedProcess process =
        PinnedProcess.pin(peer.credentials(), peer.pidfd(), peer.acceptedAtBootNanos());
    if (peer.mark().filter(process.mark()::equals).isPresent()) {
      return process;
    }
    process.close();
    int pid = peer.credentials().pid();
    throw peer.mark().isPresent()
        ? UnattestableException.changed(
            Text.of("process %d runs another program than when it connected (exec)", pid))
        : UnattestableException.notSeen(
            Text.of("process %d could not be looked at when it connected; connect anew", pid));
  }

  /// The user of a TCP connection. Its pid is none that a process has.
  static Caller of(TcpPeer peer) {
    return holding(
        new PeerCredentials(peer.standIn(), peer.uid(), NO_GROUP),
        () -> new Held.OfConnection(TcpConnection.of(peer)));
  }

  private interface Hold {
    Held take() throws UnattestableException;
  }

  private static Caller holding(PeerCredentials credentials, Hold hold) {
    try {
      return new Caller(credentials, Optional.of(hold.take()), new Pending());
    } catch (UnattestableException e) {
      RefusalReason reason =
          e.reason() == Reason.CHANGED ? RefusalReason.MARK_CHANGED : RefusalReason.UNATTESTABLE;
      Standing problem = RefusedException.of(reason, e).standing();
      return new Caller(credentials, Optional.empty(), problem);
    }
  }

  /// Pid, uid and gid; of a TCP connection the uid alone.
  PeerCredentials credentials() {
    return credentials;
  }

  /// The mark that its process had when it connected, if it could be pinned.
  Optional<ProcessMark> markIfPinned() {
    return held.flatMap(it ->
        it instanceof Held.OfProcess(PinnedProcess process)
            ? Optional.of(process.mark())
            : Optional.empty());
  }

  /// The mark that it had when it connected.
  ///
  /// @throws RefusedException if it never could be pinned
  ProcessMark mark() throws RefusedException {
    return switch (required()) {
      case Held.OfProcess(PinnedProcess process) -> process.mark();
      case Held.OfConnection(TcpConnection connection) -> connection.mark();
    };
  }

  /// A hold of its own on the caller, which is still the one that connected.
  ///
  /// @throws RefusedException if it isn't, or never could be pinned
  Host hold() throws RefusedException {
    try {
      return switch (required()) {
        case Held.OfProcess(PinnedProcess process) -> new ProcessHost(process.hold());
        case Held.OfConnection(TcpConnection connection) -> new ConnectionHost(connection);
      };
    } catch (UnattestableException e) {
      throw RefusedException.of(RefusalReason.MARK_CHANGED, e);
    } catch (IllegalStateException e) {
      if (!closed) {
        throw e;
      }
      // Its connection is over, and with it the hold that this one would be a copy of.
      throw new RefusedException(new NotNow("the connection is over"));
    }
  }

  private Held required() throws RefusedException {
    if (held.isEmpty()) {
      throw new RefusedException(problem);
    }
    return held.get();
  }

  @Override
  public void close() {
    closed = true;
    held.ifPresent(it -> {
      switch (it) {
        case Held.OfProcess(PinnedProcess process) -> process.close();
        case Held.OfConnection(TcpConnection connection) -> connection.close();
      }
    });
  }
}
