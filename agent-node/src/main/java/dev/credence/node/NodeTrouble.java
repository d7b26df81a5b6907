package dev.credence.node;

import dev.credence.certs.SvidException;
import java.security.cert.CertificateException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Why this node gets nowhere with its server, and what to do, in one line: for the log, once, and
/// for whoever asks the node. Thread-safe.
final class NodeTrouble {
  /// How long after its end the server takes an SVID for the return.
  static final Duration RETURN_WITHIN = Duration.ofDays(7);

  private static final Logger LOG = LoggerFactory.getLogger(NodeTrouble.class);
  private static final String NEW_TOKEN =
      ": put a new token (credence node token create) into join_token_file and start the node again";

  private final NodeIdentity identity;
  private final Knowledge knowledge;
  private final Clock clock;
  private final AtomicReference<Optional<String>> told = new AtomicReference<>(Optional.empty());
  private volatile boolean stranger;
  private volatile Optional<String> refusal = Optional.empty();
  private volatile Optional<String> notAccepted = Optional.empty();
  private volatile Optional<String> notJoined = Optional.empty();

  NodeTrouble(NodeIdentity identity, Knowledge knowledge, Clock clock) {
    this.identity = identity;
    this.knowledge = knowledge;
    this.clock = clock;
  }

  /// True while the node's own SVID is over: its server will let it renew, and nothing else.
  boolean hasExpired() {
    return identity.hasExpired(clock.instant());
  }

  /// The server's chain was refused. Called on an event loop.
  void serverRefused(CertificateException why) {
    if (why.getCause() instanceof SvidException e && e.reason() == SvidException.Reason.UNTRUSTED) {
      stranger = true;
      tell();
    }
  }

  /// The server did not give a new SVID, and asking again changes nothing by itself.
  void notTakenBack(String why) {
    refusal = Optional.of(why);
    tell();
  }

  /// The server does not accept this node (any more).
  void notAccepted(String why) {
    notAccepted = Optional.of(why);
    tell();
  }

  /// The machine could not join anew with the token that it has.
  void notJoined(String why) {
    notJoined = Optional.of(why);
    tell();
  }

  /// The server was reached, and accepted this node.
  void over() {
    stranger = false;
    refusal = Optional.empty();
    notAccepted = Optional.empty();
    notJoined = Optional.empty();
    told.set(Optional.empty());
  }

  /// What is wrong now; empty: nothing that this knows of.
  Optional<String> now() {
    if (stranger) {
      return Optional.of(
          "the server shows an authority that this node does not know: the authorities were rotated"
              + " while it was away, or another server answers there"
              + NEW_TOKEN);
    }
    if (notAccepted.isPresent()) {
      return Optional.of(
          Text.of(
              "the server does not accept this node, so nothing is served: %s%s%s",
              notAccepted.get(),
              ShutOut.of(notAccepted.get()).todo(),
              notJoined.map(why -> "; it could not join anew: " + why).orElse("")));
    }
    if (refusal.isPresent()) {
      ShutOut state = ShutOut.of(refusal.get());
      return Optional.of(
          Text.of("the server does not take this node back: %s", refusal.get())
              + (state == ShutOut.SUSPENDED || state == ShutOut.BANNED ? state.todo() : NEW_TOKEN));
    }
    return identity
        .expiry()
        .filter(end -> !clock.instant().isBefore(end))
        .map(this::expired)
        .or(() -> knowledge.away().map(NodeTrouble::away));
  }

  private static String away(Knowledge.Away away) {
    return Text.of(
        "the server is not reached since %s: %s; what is valid stays in force, and nothing new is issued",
        away.since(), away.why());
  }

  private String expired(Instant end) {
    Instant last = end.plus(RETURN_WITHIN);
    return clock.instant().isAfter(last)
        ? Text.of(
                "this node's own SVID expired at %s, more than %d days ago, so its server will not know it",
                end, RETURN_WITHIN.toDays())
            + NEW_TOKEN
        : Text.of(
            "this node's own SVID expired at %s; by its key it can come back to its server until %s",
            end, last);
  }

  /// Writes it to the log, unless that was the last thing it wrote.
  void tell() {
    Optional<String> line = now();
    if (knowledge.away().map(NodeTrouble::away).equals(line)) {
      return; // each attempt is logged where it is made
    }
    if (line.isPresent() && !told.getAndSet(line).equals(line)) {
      LOG.atError().log(line.get());
    }
  }
}
