package dev.credence.node;

import dev.credence.certs.Id;
import dev.credence.certs.JwtBundle;
import dev.credence.certs.X509Bundle;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the node does about what the server says.
final class Reactions implements ServerSync.Events {
  private static final Logger LOG = LoggerFactory.getLogger(Reactions.class);

  private final ProcessTable processes;
  private final NodeIdentity identity;
  private final NodeFiles files;
  private final JwtTrust jwt;
  private final CompletableFuture<Void> synchronised;

  /// @param synchronised completed when the registry is known for the first time
  Reactions(
      ProcessTable processes,
      NodeIdentity identity,
      NodeFiles files,
      JwtTrust jwt,
      CompletableFuture<Void> synchronised) {
    this.processes = processes;
    this.identity = identity;
    this.files = files;
    this.jwt = jwt;
    this.synchronised = synchronised;
  }

  @Override
  public void bundle(X509Bundle bundle) {
    if (bundle.authorities().isEmpty()) {
      // It would shut the node out for good, since the server itself could not be verified any
      // more.
      LOG.atError().log("the server sent an empty bundle; ignored");
      return;
    }
    if (bundle.equals(identity.bundle())) {
      return;
    }
    try {
      files.keep(bundle);
    } catch (IOException e) {
      LOG.atError().setCause(e).log("the new bundle cannot be kept on disk; used all the same");
    }
    identity.trust(bundle);
    processes.signalAll();
  }

  @Override
  public void jwtBundle(JwtBundle bundle) {
    if (jwt.become(bundle)) {
      processes.signalAll();
    }
  }

  @Override
  public void registryChanged() {
    boolean first = synchronised.complete(null);
    if (first) {
      LOG.atInfo().log("synchronised");
    }
    processes.signalAll();
  }

  @Override
  public void ended(Id execution, String reason) {
    processes.ended(execution, reason);
  }

  @Override
  public void linkUp() {
    // What could not be issued or renewed meanwhile.
    processes.signalAll();
  }
}
