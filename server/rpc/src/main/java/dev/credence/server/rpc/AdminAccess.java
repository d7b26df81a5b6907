package dev.credence.server.rpc;

import dev.credence.platform.linux.Namespaces;
import dev.credence.platform.linux.PinnedProcess;
import dev.credence.platform.linux.ProcessMark;
import dev.credence.platform.linux.UnattestableException;
import dev.credence.server.core.ServerException;
import dev.credence.server.core.model.ProcessSeen;
import dev.credence.transport.Peer;
import java.util.Optional;
import java.util.Set;

/// Who on this host may administer: a process whose uid is listed, that sees the same processes,
/// files and users as the server does, and that is not itself an attested agent or service. A
/// listed uid inside a container is not the administrator of the host.
public final class AdminAccess {
  /// Whether a process has a running execution here.
  @FunctionalInterface
  public interface Attested {
    /// @throws ServerException UNAVAILABLE: that cannot be known now
    boolean test(ProcessSeen.Instance process) throws ServerException;
  }

  private final Set<Integer> uids;
  private final Attested attested;

  /// @param uids who may
  /// @param attested whether a process has a running execution here
  public AdminAccess(Set<Integer> uids, Attested attested) {
    this.uids = Set.copyOf(uids);
    this.attested = attested;
  }

  /// Looks at the process behind a connection now.
  ///
  /// @return why it may not administer; empty: it may
  /// @throws ServerException UNAVAILABLE: it cannot be known now
  Optional<String> refusal(Peer peer) throws ServerException {
    int uid = peer.credentials().uid();
    if (!uids.contains(uid)) {
      return Optional.of(
          "uid "
              + Integer.toUnsignedString(uid)
              + " may not administer (expected: one of admin.uids)");
    }
    try (PinnedProcess process =
        PinnedProcess.pin(peer.credentials(), peer.pidfd(), peer.acceptedAtBootNanos())) {
      Optional<String> refusal = look(process);
      process.requireSame();
      return refusal;
    } catch (UnattestableException e) {
      return Optional.of("the calling process cannot be examined: " + e.getMessage());
    }
  }

  private Optional<String> look(PinnedProcess process)
      throws UnattestableException, ServerException {
    for (Namespaces.Kind kind : Namespaces.Kind.values()) {
      if (!Namespaces.sameAsOwn(process.mark().pid(), kind)) {
        return Optional.of(
            "the calling process is in another "
                + kind.name().toLowerCase(java.util.Locale.ROOT)
                + " namespace (expected: the server's)");
      }
    }
    ProcessMark mark = process.mark();
    var instance =
        new ProcessSeen.Instance(mark.bootId(), mark.pidNamespace(), mark.pid(), mark.startTime());
    return attested.test(instance)
        ? Optional.of("the calling process is attested as an agent or service")
        : Optional.empty();
  }
}
