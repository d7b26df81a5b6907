package dev.credence.node;

import dev.credence.certs.Id;
import dev.credence.platform.linux.ProcessMark;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Why processes of this node did not get a certificate when they asked last, for whoever asks why:
/// a refusal of the server's is otherwise in its events only. Bounded, also for each user; who has
/// too many displaces the oldest of its own. Thread-safe.
final class Unissued {
  static final int CAPACITY = 1000;
  static final int PER_UID = 50;

  private static final Logger LOG = LoggerFactory.getLogger(Unissued.class);

  private final CallerLog log;
  private final IntPredicate isRunning;

  // Guarded by this object; the oldest first.
  private final Map<Key, Reason> reasons = new LinkedHashMap<>();

  private record Key(ProcessMark process, Id subject) {}

  private record Reason(int uid, String text) {}

  /// @param isRunning whether there is a process with this pid
  Unissued(Clock clock, IntPredicate isRunning) {
    this.log = new CallerLog(clock);
    this.isRunning = isRunning;
  }

  /// The process did not get its certificate.
  void failed(Match match, Attestation attestation, CallException why) {
    keep(
        new Key(attestation.mark(), match.subjectId()),
        new Reason(attestation.owner().uid(), text(why)));
    log.turn(match.registration().id() + " " + why.kind())
        .ifPresent(leftOut ->
            LOG.atWarn()
                .addKeyValue("registration", match.registration().id())
                .addKeyValue("reason", why.getMessage())
                .addKeyValue("left_out", leftOut)
                .log("no certificate"));
  }

  private static String text(CallException why) {
    return switch (why.kind()) {
      case REFUSED -> "the server refused it: " + why.getMessage();
      case BEHIND -> "the node is catching up with its server: " + why.getMessage();
      case NOT_RUNNING -> "the execution has ended: " + why.getMessage();
      case UNUSABLE -> "what was asked or answered is not usable: " + why.getMessage();
      case AWAY -> "the server cannot be reached, or cannot issue now: " + why.getMessage();
    };
  }

  private synchronized void keep(Key key, Reason reason) {
    reasons.remove(key);
    long ofUid = reasons.values().stream().filter(one -> one.uid == reason.uid).count();
    if (ofUid >= PER_UID || reasons.size() >= CAPACITY) {
      reasons.entrySet().stream()
          .filter(one -> ofUid < PER_UID || one.getValue().uid == reason.uid)
          .findFirst()
          .map(Map.Entry::getKey)
          .ifPresent(reasons::remove);
    }
    reasons.put(key, reason);
  }

  /// The process got it.
  synchronized void served(Match match, Attestation attestation) {
    reasons.remove(new Key(attestation.mark(), match.subjectId()));
  }

  /// The newest reason, if there is one.
  synchronized Optional<String> of(ProcessMark process, Id subject) {
    return Optional.ofNullable(reasons.get(new Key(process, subject))).map(Reason::text);
  }

  /// Drops what is kept of processes that are gone.
  synchronized void forgetGone() {
    reasons.keySet().removeIf(key -> !isRunning.test(key.process.pid()));
  }

  synchronized int size() {
    return reasons.size();
  }
}
