package dev.credence.node;

import dev.credence.attestors.AttestationException;
import dev.credence.attestors.join.ServerAddress;
import dev.credence.certs.Certificates;
import dev.credence.certs.Sha256;
import dev.credence.certs.SvidException;
import dev.credence.certs.X509Bundle;
import dev.credence.certs.X509Svid;
import dev.credence.node.CallException.Kind;
import dev.credence.node.PointListener.Point;
import dev.credence.transport.Backoff;
import java.io.IOException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes this machine a node: takes the SVID from disk, or gets one with the join token, and keeps
/// trying while the server can't be reached. For one use.
final class Joining {
  private static final Logger LOG = LoggerFactory.getLogger(Joining.class);
  private static final Duration FIRST_RETRY = Duration.ofMillis(500);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);

  private final NodeFiles files;
  private final NodeIdentity identity;
  private final Consumer<String> onAway;
  private final Dialer dialer;
  private final Executor executor;
  private final Seams seams;
  private final Backoff backoff;
  private final CompletableFuture<Void> done = new CompletableFuture<>();

  /// What a node that joins is to become.
  ///
  /// @param onAway told why, each time that the server was not reached
  record Place(NodeFiles files, NodeIdentity identity, Consumer<String> onAway) {}

  Joining(Place place, Dialer dialer, Executor executor, Seams seams) {
    this.files = place.files();
    this.identity = place.identity();
    this.onAway = place.onAway();
    this.dialer = dialer;
    this.executor = executor;
    this.seams = seams;
    this.backoff = new Backoff(FIRST_RETRY, LONGEST_RETRY, seams.random());
  }

  /// Completes when the node has an SVID, or with a StartException when it can't get one.
  CompletableFuture<Void> join(Membership membership, Optional<Invitation> invitation)
      throws StartException {
    try {
      if (takeFromDisk(membership, invitation)) {
        done.complete(null);
        return done;
      }
      Invitation required =
          invitation.orElseThrow(() ->
              new StartException(
                  "this node has no SVID and no join token (set join_token_file; make a token with"
                      + " credence node token create)"));
      start(membership, required);
      return done;
    } catch (IOException e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    }
  }

  /// Joins whatever is on the disk, which stays until it is done. Completes as {@link #join}.
  CompletableFuture<Void> anew(Membership membership, Invitation invitation) throws IOException {
    start(membership, invitation);
    return done;
  }

  /// An SVID that has run out still brings the node back if there is no token, for some days: the
  /// server decides. One of an authority that the token doesn't know is of no use: the server was
  /// set up anew.
  private boolean takeFromDisk(Membership membership, Optional<Invitation> invitation)
      throws IOException {
    Optional<X509Svid> svid = files.svid();
    Optional<X509Bundle> bundle = files.bundle(membership.trustDomain());
    if (svid.isEmpty() || bundle.isEmpty()) {
      return false;
    }
    var notAfter = svid.get().leaf().getNotAfter().toInstant();
    boolean expired = !seams.clock().instant().isBefore(notAfter);
    boolean token = invitation.flatMap(Invitation::token).isPresent();
    boolean tooOld =
        seams.clock().instant().isAfter(notAfter.plus(NodeTrouble.RETURN_WITHIN))
            && invitation.isPresent();
    if ((expired && token) || tooOld) {
      return false;
    }
    if (token && knowsNoneOf(bundle.get(), invitation.get().pins())) {
      LOG.atWarn().log("the join token is for other authorities than this node's; joining anew");
      return false;
    }
    identity.become(svid.get(), bundle.get());
    return true;
  }

  private static boolean knowsNoneOf(X509Bundle bundle, Set<Sha256> pins) {
    return bundle.authorities().stream().map(Certificates::spkiDigest).noneMatch(pins::contains);
  }

  private void start(Membership membership, Invitation invitation) throws IOException {
    KeyPair keys = files.joiningKey();
    var turn = new ServerTurn(membership.servers());
    try {
      var contact =
          new FirstContact(
              () ->
                  dialer.firstContact(turn.current(), membership.trustDomain(), invitation.pins()),
              invitation.prover(),
              membership.trustDomain(),
              keys,
              seams);
      var attempt = new Attempt(contact, turn, membership, invitation, keys);
      executor.execute(() -> attempt(attempt));
    } catch (AttestationException e) {
      throw new IOException("nothing to join with: " + e.getMessage(), e);
    }
  }

  /// What is tried again and again, at one server after the other: they share tokens and
  /// authorities.
  private record Attempt(
      FirstContact contact,
      ServerTurn turn,
      Membership membership,
      Invitation invitation,
      KeyPair keys) {}

  private void attempt(Attempt attempt) {
    if (done.isDone()) {
      return;
    }
    try {
      NodeCertificate answered = attempt.contact.attempt();
      seams.points().reached(Point.JOIN_ANSWERED);
      keep(answered, attempt);
      LOG.atInfo().addKeyValue("spiffe_id", identity.svid().id()).log("joined");
      attempt.invitation.token().ifPresent(this::forget);
      done.complete(null);
    } catch (CallException e) {
      if (e.kind() == Kind.AWAY) {
        attempt.turn.next();
        retry(e, () -> attempt(attempt));
      } else {
        done.completeExceptionally(refused(attempt.turn.current(), attempt.invitation, e));
      }
    } catch (SvidException | IOException e) {
      done.completeExceptionally(
          new StartException("the node's SVID cannot be kept: " + e.getMessage(), e));
    }
  }

  private static StartException refused(
      ServerAddress server, Invitation invitation, CallException e) {
    if (invitation.token().isEmpty()) {
      return new StartException(
          Text.of(
                  "the server at %s refused this machine's certificate: %s (its",
                  server, e.getMessage())
              + " events say why: credence event list --kind refused)",
          e);
    }
    return new StartException(
        Text.of(
                "the server at %s refused the join token: %s (it may have expired or been used by another",
                server, e.getMessage())
            + " node; make a new one with: credence node token create)",
        e);
  }

  private void retry(CallException why, Runnable again) {
    Duration wait = backoff.next();
    onAway.accept(String.valueOf(why.getMessage()));
    LOG.atWarn()
        .addKeyValue("reason", why.getMessage())
        .addKeyValue("retry_in_ms", wait.toMillis())
        .log("server not reached; trying again");
    var _ = seams.timers().after(wait, () -> executor.execute(again));
  }

  private void keep(NodeCertificate certificate, Attempt attempt)
      throws SvidException, IOException {
    X509Svid svid = X509Svid.of(certificate.chain(), attempt.keys);
    synchronized (files) {
      files.become(
          attempt.membership,
          certificate.bundle(),
          svid,
          attempt.invitation.token().map(TokenFile::digest));
      identity.become(svid, certificate.bundle());
    }
  }

  private void forget(TokenFile token) {
    token.forget();
    seams.points().reached(Point.TOKEN_FORGOTTEN);
  }

  /// Ends the attempts.
  void stop() {
    done.cancel(false);
  }
}
