package dev.credence.transport;

import dev.credence.platform.linux.PeerCredentials;
import dev.credence.platform.linux.Pidfd;
import dev.credence.platform.linux.ProcessMark;
import io.grpc.Attributes;
import io.grpc.ServerCall;
import java.util.Optional;

/// The process at the other end of a Unix socket, pinned when its connection was accepted.
///
/// The pidfd belongs to the connection and is closed with it: whoever needs it longer opens
/// another.
///
/// @param credentials pid, uid and gid of the process that called connect, from the kernel
/// @param pidfd a handle that cannot come to mean another process; empty where the kernel has no
///   SO_PEERPIDFD (before 6.5)
/// @param acceptedAtBootNanos CLOCK_BOOTTIME when the connection was accepted; a process that
///   started later is not the caller
/// @param mark that the process had when the connection was accepted: a later one is that of
///   another program, which did not connect. Empty if it could not be read
public record Peer(
    PeerCredentials credentials,
    Optional<Pidfd> pidfd,
    long acceptedAtBootNanos,
    Optional<ProcessMark> mark) {
  /// Where a call on a Unix socket carries its peer.
  public static final Attributes.Key<Peer> KEY = Attributes.Key.create("credence-peer");

  /// The peer of a call; empty if the call did not come over a {@link UnixSocketServer}.
  public static Optional<Peer> of(ServerCall<?, ?> call) {
    return Optional.ofNullable(call.getAttributes().get(KEY));
  }
}
