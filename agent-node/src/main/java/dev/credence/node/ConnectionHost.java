package dev.credence.node;

import dev.credence.attestors.Evidence;
import dev.credence.attestors.Selector;
import dev.credence.attestors.Wanted;
import dev.credence.certs.Isolation;
import dev.credence.node.HostedProcess.AutoCloseableQuietly;
import dev.credence.platform.linux.ExitWatch;
import dev.credence.platform.linux.ProcessMark;
import dev.credence.platform.linux.UnattestableException;
import java.util.List;

/// A TCP connection, of whose other end the kernel names the user and nothing else: so that is all
/// that is attested, under a name of its own (`tcp:uid`), and nothing about its code.
record ConnectionHost(TcpConnection connection) implements Host {
  private static final int NO_GROUP = -1;

  @Override
  public ProcessMark mark() {
    return connection.mark();
  }

  @Override
  public int uid() {
    return connection.uid();
  }

  @Override
  public void requireSame() throws UnattestableException {
    connection.requireOpen();
  }

  @Override
  public Attestation attest(Attester attester, Wanted wanted) throws UnattestableException {
    connection.requireOpen();
    var user = new Selector("tcp", "uid", Integer.toUnsignedString(uid()));
    return new Attestation(
        mark(),
        new Attestation.Owner(uid(), NO_GROUP),
        connection.shown(),
        List.of(Evidence.of(user, "sock_diag")),
        List.of(),
        Isolation.SHARED_UID);
  }

  @Override
  public AutoCloseableQuietly watch(ExitWatch exits, Runnable onEnd) {
    return connection.onClose(onEnd);
  }

  @Override
  public EndReason end() {
    return EndReason.CONNECTION_CLOSED;
  }

  @Override
  public void close() {
    // It is the caller's to close.
  }
}
