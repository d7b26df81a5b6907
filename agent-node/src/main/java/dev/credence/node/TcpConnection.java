package dev.credence.node;

import dev.credence.node.HostedProcess.AutoCloseableQuietly;
import dev.credence.platform.linux.ProcessMark;
import dev.credence.platform.linux.TcpOwner;
import dev.credence.platform.linux.UnattestableException;
import dev.credence.transport.TcpPeer;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// One open TCP connection to the Workload API, whose user the kernel named. What hangs on it ends
/// when it closes. Thread-safe.
final class TcpConnection {
  private final TcpPeer peer;
  private final TcpOwner owner;
  private final ProcessMark mark;

  // Guarded by this object.
  private final Set<Runnable> watchers = new LinkedHashSet<>();
  private boolean closed;

  private TcpConnection(TcpPeer peer, TcpOwner owner, ProcessMark mark) {
    this.peer = peer;
    this.owner = owner;
    this.mark = mark;
  }

  /// @throws UnattestableException if it is not known whose it is
  static TcpConnection of(TcpPeer peer) throws UnattestableException {
    // If it could not be asked at accept, for want of descriptors say, it may by now.
    TcpOwner owner = peer.owner().isPresent() ? peer.owner().get() : ask(peer);
    try {
      long acceptedAt = peer.acceptedAtBootNanos();
      return new TcpConnection(peer, owner, ProcessMark.ofConnection(acceptedAt, owner.inode()));
    } catch (IOException e) {
      throw UnattestableException.notNow("this host's boot id cannot be read", e);
    }
  }

  ProcessMark mark() {
    return mark;
  }

  int uid() {
    return owner.uid();
  }

  /// For people.
  String shown() {
    return "tcp://" + peer.caller().getAddress().getHostAddress() + ":" + peer.caller().getPort();
  }

  /// Looks again: the same socket, of the same user, still open.
  ///
  /// @throws UnattestableException if it is not
  void requireOpen() throws UnattestableException {
    synchronized (this) {
      if (closed) {
        throw UnattestableException.connectionOver("the connection is closed");
      }
    }
    TcpOwner now = ask(peer);
    if (!now.equals(owner)) {
      throw UnattestableException.connectionOver(
          Text.of("the caller's socket is %s (expected: %s, as when it connected)", now, owner));
    }
  }

  private static TcpOwner ask(TcpPeer peer) throws UnattestableException {
    try {
      return TcpOwner.of(peer.caller(), peer.here());
    } catch (IOException e) {
      throw refusal(e);
    }
  }

  /// What a failed question says: of the connection only what the kernel answered, nothing where it
  /// could not be asked.
  static UnattestableException refusal(IOException e) {
    String why = String.valueOf(e.getMessage());
    return UnattestableException.unreadable(0, e).isTransient()
        ? UnattestableException.notNow(why, e)
        : UnattestableException.connectionOver(why);
  }

  /// Told once when it closes; at once if it is closed. Must not block.
  AutoCloseableQuietly onClose(Runnable watcher) {
    synchronized (this) {
      if (!closed) {
        watchers.add(watcher);
        return () -> forget(watcher);
      }
    }
    watcher.run();
    return () -> {};
  }

  private synchronized void forget(Runnable watcher) {
    watchers.remove(watcher);
  }

  /// Idempotent.
  void close() {
    List<Runnable> told;
    synchronized (this) {
      closed = true;
      told = List.copyOf(watchers);
      watchers.clear();
    }
    told.forEach(Runnable::run);
  }
}
