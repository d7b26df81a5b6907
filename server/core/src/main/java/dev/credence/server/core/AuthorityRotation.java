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

  /// How often [#begin()] is meant to run.
  static final Duration BEGIN_EVERY = Duration.ofSeconds(1);

  private static final String BY_AGE = "by age";
  private static final String TO_SIGN = "this server has none that signs";

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
      for (AuthorityKind kind : AuthorityKind.values()) {
        follow(own.stream().filter(it -> it.kind() == kind).toList(), now);
      }
    } catch (ServerException | RuntimeException e) {
      LOG.atWarn().setCause(e).log("authorities are not rotated yet");
    }
  }

  /// A server that joined others, or lost its active authority to a decision made at another one,
  /// gets one that signs as soon as every node that serves knows it. Never throws: the next run
  /// tries again.
  void begin() {
    List<AuthorityRecord> own = parts.trust().own();
    try {
      for (AuthorityKind kind : AuthorityKind.values()) {
        List<AuthorityRecord> ofKind = own.stream().filter(it -> it.kind() == kind).toList();
        if (last(ofKind, AuthorityState.ACTIVE).isEmpty()) {
          begin(ofKind, kind);
        }
      }
    } catch (ServerException | RuntimeException e) {
      LOG.atWarn().setCause(e).log("this server does not sign yet");
    }
  }

  private void begin(List<AuthorityRecord> own, AuthorityKind kind) throws ServerException {
    Instant now = parts.plumbing().database().now();
    Optional<AuthorityRecord> prepared =
        last(own, AuthorityState.PREPARED).filter(it -> it.material().notAfter().isAfter(now));
    if (prepared.isEmpty()) {
      var _ = cases.prepare().run(new Actor.Server(), request(), kind, TO_SIGN);
    } else if (isKnown(prepared.get())) {
      var asked = new ActivateAuthority.Asked(prepared.get().id(), false, TO_SIGN);
      var _ = cases.activate().run(new Actor.Server(), request(), asked);
    }
  }

  private boolean isKnown(AuthorityRecord prepared) throws ServerException {
    return cases.activate().wouldDo(prepared.id()).effects().unacknowledged().isEmpty();
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
        var _ = cases.prepare().run(new Actor.Server(), request(), active.get().kind(), BY_AGE);
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
    return own.stream().filter(authority -> authority.state() == state).reduce((_, later) -> later);
  }

  private RequestId request() {
    return new RequestId(parts.plumbing().newId());
  }
}
