package dev.credence.transport;

import dev.credence.platform.linux.TcpOwner;
import io.grpc.Attributes;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;

/// Who is at the other end of a TCP connection within this host, as far as the kernel knows: a
/// user, not a process.
///
/// @param caller the caller's end
/// @param here this end
/// @param owner whose socket the caller's end is; empty: it could not be found out
/// @param problem why not; else empty
/// @param acceptedAtBootNanos CLOCK_BOOTTIME when the connection was accepted
public record TcpPeer(
    InetSocketAddress caller,
    InetSocketAddress here,
    Optional<TcpOwner> owner,
    String problem,
    long acceptedAtBootNanos) {
  /// Where a call on a [LoopbackServer] carries its peer.
  public static final Attributes.Key<TcpPeer> KEY = Attributes.Key.create("credence-tcp-peer");

  private static final int NOBODY = -1;

  /// Asks the kernel.
  static TcpPeer of(InetSocketAddress caller, InetSocketAddress here, long acceptedAt) {
    try {
      return new TcpPeer(caller, here, Optional.of(TcpOwner.of(caller, here)), "", acceptedAt);
    } catch (IOException e) {
      return new TcpPeer(
          caller, here, Optional.empty(), String.valueOf(e.getMessage()), acceptedAt);
    }
  }

  /// The user; -1, which is no user's, if it is not known.
  public int uid() {
    return owner.map(TcpOwner::uid).orElse(NOBODY);
  }

  /// What stands for the process where connections and calls are counted: one for all of a user's,
  /// and no process's own.
  public int standIn() {
    return ~(uid() & Integer.MAX_VALUE);
  }
}
