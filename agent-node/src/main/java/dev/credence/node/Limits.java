package dev.credence.node;

import dev.credence.attestors.code.CodeLimits;
import dev.credence.attestors.code.StoreLimits;
import dev.credence.transport.ConnectionLimits;

/// What local callers may take at once.
///
/// @param connections on the socket; one more is closed at once
/// @param streams calls that are open on them; one more is answered RESOURCE_EXHAUSTED
/// @param processes that are served at once; one more is answered RESOURCE_EXHAUSTED
/// @param code that is measured and kept for launches; what is more is refused
public record Limits(
    ConnectionLimits connections, Streams streams, Processes processes, Code code) {
  /// With the usual ones for code.
  public Limits(ConnectionLimits connections, Streams streams, Processes processes) {
    this(connections, streams, processes, Code.usual());
  }

  /// Code that is launched.
  ///
  /// @param one measuring
  /// @param store of copies
  public record Code(CodeLimits one, StoreLimits store) {
    static Code usual() {
      return new Code(CodeLimits.usual(), StoreLimits.usual());
    }
  }

  /// Open calls.
  ///
  /// @param total all together
  /// @param perUid of one user
  /// @param perPid of one process
  public record Streams(int total, int perUid, int perPid) {}

  /// Served processes: those with a running execution or an open call.
  ///
  /// @param total all together
  /// @param perUid of one user
  public record Processes(int total, int perUid) {}

  // Its socket; a pidfd from the socket and a copy; /proc/PID and its memory map.
  private static final int PER_CONNECTION = 5;
  // /proc/PID, its memory map, a pidfd, and the copy that is watched.
  private static final int PER_PROCESS = 4;
  private static final int FOR_THE_NODE_ITSELF = 256;

  /// A process needs one or two connections, and often one user runs all agents of a host: so
  /// little for a process, much for a user, and yet no user can take everything. The totals fit
  /// into the node's memory.
  public static Limits usual() {
    return new Limits(
        new ConnectionLimits(2000, 1500, 50),
        new Streams(8000, 6000, 200),
        new Processes(4000, 3000));
  }

  /// These, or as much of them as there are descriptors for: half for connections, half for
  /// processes.
  Limits within(long descriptors) {
    long half = Math.max(0, descriptors - FOR_THE_NODE_ITSELF) / 2;
    int ofConnections = Math.clamp(half / PER_CONNECTION, 1, connections.total());
    int ofProcesses = Math.clamp(half / PER_PROCESS, 1, processes.total());
    return new Limits(
        new ConnectionLimits(ofConnections, connections.perUid(), connections.perPid()),
        streams,
        new Processes(ofProcesses, processes.perUid()),
        code);
  }
}
