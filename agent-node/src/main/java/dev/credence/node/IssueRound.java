package dev.credence.node;

import dev.credence.node.CallException.Kind;
import dev.credence.node.Outcome.Stands;
import dev.credence.node.Standing.Denied;
import dev.credence.node.Standing.Entitled;
import dev.credence.node.Standing.NotNow;
import dev.credence.node.Standing.Pending;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// One pass over the identities that a process is entitled to: keeps what is fresh, opens and
/// renews the rest, and sums up. What the server can't give now is left out and asked for again;
/// what is held stays as long as it is valid. For one thread.
final class IssueRound {
  private static final String SERVER_REFUSED =
      Evaluation.NO_IDENTITY + ": the server refused it (credence explain says why)";
  private static final String NOT_ISSUED = "the server cannot issue a certificate now; try again";

  private final Issuance issuance;
  private final HeldExecutions held;
  private final Optional<Knowledge.Away> away;
  private final Instant now;
  private final List<HeldIdentity> identities = new ArrayList<>();
  private final Set<String> hints = new HashSet<>();
  private final EnumSet<Kind> failures = EnumSet.noneOf(Kind.class);
  private Optional<Instant> again = Optional.empty();
  private boolean asked;

  /// @param away if the server is not reached now
  IssueRound(Issuance issuance, HeldExecutions held, Optional<Knowledge.Away> away, Instant now) {
    this.issuance = issuance;
    this.held = held;
    this.away = away;
    this.now = now;
  }

  /// Sees to the identity of one match. The oldest registration comes first.
  void include(Match match, Attestation attestation) {
    Optional<HeldExecution> before = held.of(match.subjectId());
    if (before.isPresent() && before.get().isFresh(match, now)) {
      add(before.get(), match.registration());
      return;
    }
    asked = true;
    try {
      HeldExecution issued = issue(before, match, attestation);
      if (held.hold(issued)) {
        add(issued, match.registration());
      } else {
        failures.add(Kind.NOT_RUNNING);
      }
    } catch (CallException e) {
      failures.add(e.kind());
      keepOrDrop(before, match, e.kind());
    }
  }

  private HeldExecution issue(Optional<HeldExecution> before, Match match, Attestation attestation)
      throws CallException {
    // Without a certificate of its own it is one from before this daemon's start: the server finds
    // it
    // by the mark of its process.
    return before.isPresent() && before.get().svid().isPresent()
        ? issuance.renew(before.get(), match, attestation)
        : issuance.open(match, attestation);
  }

  private void keepOrDrop(Optional<HeldExecution> before, Match match, Kind failure) {
    if (before.isEmpty()) {
      return;
    }
    switch (failure) {
      case NOT_RUNNING -> held.forget(before.get().id());
      case REFUSED -> held.end(match.subjectId(), EndReason.UNREGISTERED);
      case BEHIND, UNUSABLE, AWAY ->
          before
              .get()
              .svid()
              .filter(svid -> svid.isValid(now))
              .ifPresent(svid -> add(before.get(), match.registration()));
    }
  }

  /// True if the server was asked for anything.
  boolean hasAsked() {
    return asked;
  }

  /// Goes on with an identity while its process can't be looked at.
  void keep(HeldExecution execution, Registration registration) {
    if (execution.svid().filter(svid -> svid.isValid(now)).isPresent()) {
      add(execution, registration);
    }
  }

  /// How the process stands after what is held was kept without a look at it.
  Stands outcomeUnseen(String why) {
    Standing standing = identities.isEmpty() ? new NotNow(why) : new Entitled(identities);
    return new Stands(standing, Optional.empty(), true);
  }

  /// How the process stands while it cannot be said of some registration whether it leads to it: as
  /// far as is known, and it is looked at again soon.
  ///
  /// @param why for the caller, if there is nothing else
  Stands outcomeUnclear(String why) {
    Standing standing = standing();
    boolean waits = standing instanceof Pending && !failures.isEmpty();
    boolean nothing = identities.isEmpty() && !waits;
    return new Stands(nothing ? new NotNow(why) : standing, Optional.empty(), true);
  }

  private void add(HeldExecution execution, Registration registration) {
    HeldSvid svid = execution.svid().orElseThrow();
    String hint = registration.hint();
    // A hint stands for one identity in a message; the oldest registration keeps it.
    boolean unique = hint.isEmpty() || hints.add(hint);
    identities.add(new HeldIdentity(svid, unique ? hint : "", execution.id(), registration.jwt()));
    if (again.isEmpty() || svid.renewAt().isBefore(again.get())) {
      again = Optional.of(svid.renewAt());
    }
  }

  /// How the process stands after all matches were included.
  Stands outcome() {
    boolean failed =
        failures.contains(Kind.AWAY)
            || failures.contains(Kind.BEHIND)
            || failures.contains(Kind.UNUSABLE);
    // After a failure the retry comes first; what is overdue would only turn in circles.
    Optional<Duration> wait =
        failed ? Optional.empty() : again.map(at -> Duration.between(now, at));
    return new Stands(standing(), wait, failed);
  }

  private Standing standing() {
    if (!identities.isEmpty()) {
      return new Entitled(identities);
    }
    if (failures.contains(Kind.AWAY) || failures.contains(Kind.UNUSABLE)) {
      return new NotNow(away.map(IssueRound::notReached).orElse(NOT_ISSUED));
    }
    if (failures.contains(Kind.NOT_RUNNING)) {
      return new NotNow("the execution has ended; ask again for a new one");
    }
    if (failures.contains(Kind.BEHIND)) {
      return new Pending();
    }
    return failures.contains(Kind.REFUSED)
        ? Denied.of(RefusalReason.UNREGISTERED, SERVER_REFUSED)
        : new Pending();
  }

  private static String notReached(Knowledge.Away away) {
    return Text.of("the server is not reached since %s; try again", away.since());
  }
}
