package dev.credence.node;

import dev.credence.certs.Id;
import dev.credence.certs.JwtBundle;
import dev.credence.certs.X509Bundle;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the node does about what the server says.
final class Reactions implements ServerSync.Events {
  private static final Logger LOG = LoggerFactory.getLogger(Reactions.class);

  private final ProcessTable processes;
  private final Knowledge knowledge;
  private final NodeIdentity identity;
  private final NodeFiles files;
  private final JwtTrust jwt;
  private final Turns turns;
  private final TrustParts trust;

  /// What a bundle is handed to.
  ///
  /// @param onChange run when certificates may have to be renewed for it
  record TrustParts(SoundAuthorities authorities, OpenStreams streams, Runnable onChange) {}

  /// What comes of what the server says.
  ///
  /// @param synchronised completed when the registry is known for the first time
  /// @param evicted run each time the server says that this node is none any more
  record Turns(CompletableFuture<Void> synchronised, Runnable evicted) {}

  Reactions(
      ProcessTable processes,
      Knowledge knowledge,
      NodeIdentity identity,
      NodeFiles files,
      JwtTrust jwt,
      Turns turns,
      TrustParts trust) {
    this.trust = trust;
    this.processes = processes;
    this.knowledge = knowledge;
    this.identity = identity;
    this.files = files;
    this.jwt = jwt;
    this.turns = turns;
  }

  // What the server's stream alone touches: the bundle in use is not the one on the disk.
  private boolean unkept;

  @Override
  public void bundle(BundleNews news, Runnable everywhere) {
    if (news.bundle().authorities().isEmpty()) {
      // It would shut the node out for good, since the server itself could not be verified any
      // more.
      LOG.atError().log("the server sent an empty bundle; ignored");
      return;
    }
    if (unkept || !news.bundle().equals(identity.bundle())) {
      unkept = !keep(news.bundle());
      identity.trust(news.bundle());
    }
    if (trust.authorities().become(news)) {
      processes.signalAll();
      trust.onChange().run();
    }
    // What is not on the disk is not acknowledged: the next start would not know it.
    trust.streams().handOver(unkept ? () -> {} : everywhere);
  }

  private boolean keep(X509Bundle bundle) {
    try {
      files.keep(bundle);
      return true;
    } catch (IOException e) {
      LOG.atError().setCause(e).log("the new bundle cannot be kept on disk; used all the same");
      return false;
    }
  }

  @Override
  public void jwtBundle(JwtBundle bundle, List<String> tainted) {
    if (jwt.become(bundle, tainted)) {
      processes.signalAll();
    }
  }

  @Override
  public void registryChanged() {
    boolean first = turns.synchronised().complete(null);
    if (first) {
      LOG.atInfo().log("synchronised");
    }
    processes.signalAll();
  }

  @Override
  public void bars(List<Bar> bars) {
    knowledge.bars(bars);
    if (!bars.isEmpty()) {
      LOG.atInfo().addKeyValue("barred", bars.size()).log("agents are barred on this node");
    }
    processes.barred(knowledge.bars().keySet());
  }

  @Override
  public void ended(Id execution, String reason) {
    processes.ended(execution, reason);
  }

  @Override
  public void shutOut(String why) {
    var state = ShutOut.of(why);
    knowledge.shutOut(Optional.of(state));
    processes.signalAll();
    if (state.mayJoinAnew()) {
      turns.evicted().run();
    }
  }

  @Override
  public void linkUp() {
    knowledge.shutOut(Optional.empty());
    // What could not be issued or renewed meanwhile.
    processes.signalAll();
  }
}
