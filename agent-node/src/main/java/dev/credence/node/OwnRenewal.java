package dev.credence.node;

import dev.credence.certs.CertificateRequest;
import dev.credence.certs.SvidException;
import dev.credence.certs.X509Svid;
import dev.credence.transport.Backoff;
import java.io.IOException;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Renews the node's own SVID before the middle of its life, with the same key, and lets the
/// connection be made anew with it. If it is over already, since the node was away for that long,
/// the same call brings the node back. Thread-safe.
final class OwnRenewal implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OwnRenewal.class);
  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final Duration LONGEST_RETRY = Duration.ofMinutes(5);
  // While it is over the node can do nothing else.
  private static final Duration LONGEST_RETURN = Duration.ofSeconds(20);

  private final ServerPort server;
  private final NodeFiles files;
  private final NodeIdentity identity;
  private final Seams seams;
  private final Pump pump;
  private final Runnable onRenewed;
  private final SoundAuthorities authorities;
  private final NodeTrouble trouble;
  private final Backoff backoff;

  // When the newest SVID came; the one that was there at the start came long ago.
  private volatile Instant obtained = Instant.MIN;

  // Guarded by this object.
  private Timers.@Nullable Timer timer;
  private boolean closed;

  /// What a renewal follows from, and what follows from it.
  ///
  /// @param onRenewed the node has a new SVID
  record Following(SoundAuthorities authorities, NodeTrouble trouble, Runnable onRenewed) {}

  OwnRenewal(
      ServerPort server,
      NodeFiles files,
      NodeIdentity identity,
      Executor executor,
      Seams seams,
      Following following) {
    this.server = server;
    this.files = files;
    this.identity = identity;
    this.seams = seams;
    this.pump = new Pump(executor, this::renew);
    this.onRenewed = following.onRenewed();
    this.authorities = following.authorities();
    this.trouble = following.trouble();
    this.backoff = new Backoff(FIRST_RETRY, LONGEST_RETRY, seams.random());
  }

  /// Plans the next renewal by the SVID that there is.
  void plan() {
    var leaf = identity.svid().leaf();
    Instant from = leaf.getNotBefore().toInstant();
    Duration life = Duration.between(from, leaf.getNotAfter().toInstant());
    Instant at =
        authorities.renewal(leaf, obtained, from.plus(HalfLife.of(life, seams.random()))).get();
    after(Duration.between(seams.clock().instant(), at));
  }

  private synchronized void after(Duration delay) {
    if (!closed) {
      if (timer != null) {
        timer.cancel();
      }
      timer = seams.timers().after(delay.isNegative() ? Duration.ZERO : delay, pump::signal);
    }
  }

  private void renew() {
    boolean returning = trouble.hasExpired();
    try {
      if (returning) {
        trouble.tell();
        server.refresh();
      }
      KeyPair keys = files.key();
      byte[] csr = CertificateRequest.create(keys, seams.crypto());
      NodeCertificate renewed = server.renewNode(csr);
      seams.points().reached(PointListener.Point.RENEWAL_ANSWERED);
      X509Svid svid = X509Svid.of(renewed.chain(), keys);
      keep(svid);
      obtained = seams.clock().instant();
      LOG.atInfo()
          .addKeyValue("not_after", svid.leaf().getNotAfter().toInstant())
          .log(returning ? "back by an expired SVID" : "the node's own SVID was renewed");
      backoff.reset();
      plan();
      onRenewed.run();
    } catch (CallException | SvidException | IOException | RuntimeException e) {
      Duration wait = wait(returning);
      if (e instanceof CallException call && call.kind() == CallException.Kind.REFUSED) {
        trouble.notTakenBack(String.valueOf(call.getMessage()));
      }
      LOG.atWarn()
          .addKeyValue("reason", e instanceof RuntimeException ? e.toString() : e.getMessage())
          .addKeyValue("retry_in_ms", wait.toMillis())
          .log("the node's own SVID was not renewed");
      after(wait);
    }
  }

  private void keep(X509Svid svid) throws CallException, IOException {
    // The machine may have joined anew meanwhile, as another node.
    synchronized (files) {
      if (!svid.id().equals(identity.svid().id())) {
        throw new CallException(
            CallException.Kind.UNUSABLE,
            Text.of("the server renewed %s (expected: %s)", svid.id(), identity.svid().id()));
      }
      files.keep(svid);
      identity.renewed(svid);
    }
  }

  private Duration wait(boolean returning) {
    Duration wait = backoff.next();
    return returning && wait.compareTo(LONGEST_RETURN) > 0 ? LONGEST_RETURN : wait;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (timer != null) {
      timer.cancel();
    }
  }
}
