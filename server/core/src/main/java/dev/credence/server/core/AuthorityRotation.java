package dev.credence.server.core;

import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.AuthorityKind;
import dev.credence.server.core.model.AuthorityRecord;
import dev.credence.server.core.model.AuthorityState;
import dev.credence.server.core.model.RequestId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets authorities follow on each other by age, with the same use cases as an administrator: the
/// next one is prepared in time, activated when it was in the bundle long enough and the nodes know
/// it, and what has expired is revoked. Thread-safe.
final class AuthorityRotation {
  private static final Logger LOG = LoggerFactory.getLogger(AuthorityRotation.class);

  /// How often [#run()] is meant to run.
  static final Duration CHECK_EVERY = Duration.ofMinutes(1);

  private static final String BY_AGE = "by age";

  private final AuthorityParts parts;
  private final AuthorityCases cases;
  private final Duration lastCall;

  /// @param lastCall when the active one has no more than this left, the next one is activated
  ///   although nodes have not acknowledged it
  AuthorityRotation(AuthorityParts parts, AuthorityCases cases, Duration lastCall) {
    this.parts = parts;
    this.cases = cases;
    this.lastCall = lastCall;
  }

  /// One look. Never throws: the next run tries again.
  void run() {
    try {
      List<AuthorityRecord> own = parts.trust().own();
      Instant now = parts.plumbing().database().now();
      for (AuthorityRecord authority : own) {
        if (hasSigned(authority) && !authority.material().notAfter().isAfter(now)) {
          var asked = new RevokeAuthority.Asked(authority.id(), false, "expired");
          var _ = cases.revoke().run(new Actor.Server(), request(), asked);
        }
      }
      follow(own, now);
    } catch (ServerException | RuntimeException e) {
      LOG.atWarn().setCause(e).log("authorities are not rotated yet");
    }
  }

  private static boolean hasSigned(AuthorityRecord authority) {
    return authority.state() == AuthorityState.OLD || authority.state() == AuthorityState.TAINTED;
  }

  private void follow(List<AuthorityRecord> own, Instant now) throws ServerException {
    Optional<AuthorityRecord> active = last(own, AuthorityState.ACTIVE);
    if (active.isEmpty()) {
      return;
    }
    Optional<AuthorityRecord> prepared =
        last(own, AuthorityState.PREPARED)
            .filter(next -> next.material().notAfter().isAfter(active.get().material().notAfter()));
    Instant due = active.get().times().prepared().plus(parts.setup().rotateAfter());
    if (prepared.isEmpty()) {
      if (!now.isBefore(due.minus(parts.setup().distribute()))) {
        var _ = cases.prepare().run(new Actor.Server(), request(), AuthorityKind.X509, BY_AGE);
      }
    } else {
      Instant distributed = prepared.get().times().prepared().plus(parts.setup().distribute());
      boolean last = !active.get().material().notAfter().isAfter(now.plus(lastCall));
      if (last || (!now.isBefore(due) && !now.isBefore(distributed))) {
        activate(prepared.get(), last);
      }
    }
  }

  private void activate(AuthorityRecord next, boolean last) throws ServerException {
    var would = cases.activate().wouldDo(next.id());
    if (would.effects().unacknowledged().isEmpty() || last) {
      var asked = new ActivateAuthority.Asked(next.id(), last, BY_AGE);
      var _ = cases.activate().run(new Actor.Server(), request(), asked);
    } else {
      LOG.atWarn()
          .addKeyValue("authority", next.id())
          .addKeyValue("nodes", AuthorityParts.some(would.effects().unacknowledged()))
          .log("not activated yet: nodes have not acknowledged it");
    }
  }

  private static Optional<AuthorityRecord> last(List<AuthorityRecord> own, AuthorityState state) {
    return own.stream()
        .filter(authority -> authority.kind() == AuthorityKind.X509 && authority.state() == state)
        .reduce((_, later) -> later);
  }

  private RequestId request() {
    return new RequestId(parts.plumbing().newId());
  }
}
