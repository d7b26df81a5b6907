package dev.credence.server.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.certs.TrustDomain;
import dev.credence.certs.issue.Authority;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.Owner;
import dev.credence.server.core.model.OwnerState;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.testing.CoreWorld;
import dev.credence.server.core.testing.ManualTicker;
import dev.credence.server.core.testing.MemoryStore;
import dev.credence.server.core.testing.TestClock;
import java.security.SecureRandom;
import java.security.Security;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/// What a clock that was moved does to a whole core, and what lets it go on.
class ClockStoryTest {
  private static final TrustDomain DOMAIN = TrustDomain.parse("example.org");
  private final TestClock clock = new TestClock();
  private final AtomicLong boot = new AtomicLong();
  private final SecureRandom random = new SecureRandom();
  private final MemoryStore store = new MemoryStore();
  private final ManualTicker ticker = new ManualTicker();
  private final Authority authority =
      Authority.selfSigned(
          DOMAIN, Security.getProvider("SunEC"), clock.instant(), Duration.ofDays(30), random);

  private final AuthoritySetup authorities =
      AuthoritySetup.only(authority, Security.getProvider("SunEC"), random);

  private ServerCore open() throws ServerException {
    return ServerCore.open(
        store,
        authorities,
        CoreSettings.standard(
            DOMAIN, true, () -> new dev.credence.attestors.join.ServerAddress("localhost", 1)),
        new CoreSeams(
            clock, random, Security.getProvider("SunEC"), ticker, CoreMetrics.none(), boot::get));
  }

  private static void token(ServerCore core) throws ServerException {
    var _ =
        core.createJoinToken()
            .run(
                CoreWorld.ADMIN,
                request(),
                new CreateJoinToken.NewToken(Optional.empty(), Map.of()));
  }

  private static RequestId request() {
    return new RequestId(dev.credence.certs.Id.random(new SecureRandom()));
  }

  private static void refused(Kind kind, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(ServerException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }

  private Optional<Instant> highest() {
    return store.read(view -> view.meta().highestTime());
  }

  private long count(EventKind kind) {
    return store.read(view ->
        (long)
            view.events()
                .list(
                    new dev.credence.server.core.port.Events.Filter(
                        0, Optional.empty(), Optional.of(kind), Optional.empty()),
                    100)
                .size());
  }

  @Test
  void movedWhileRunning_nothingIsIssued_untilAccepted() throws Exception {
    try (ServerCore core = open()) {
      token(core);
      Optional<Instant> before = highest();
      clock.advance(Duration.ofHours(2));
      refused(Kind.UNAVAILABLE, () -> token(core));
      ticker.tick();
      assertThat(count(EventKind.CLOCK_REFUSED)).isEqualTo(1);
      assertThat(highest())
          .as("what was moved is not stored as the highest time")
          .isEqualTo(before);
      assertThat(core.care().standing().problem())
          .hasValueSatisfying(it -> assertThat(it).contains("forward by 2h"));
      RequestId id = request();
      core.care().acceptClock().run(CoreWorld.ADMIN, id, "NTP was off");
      core.care().acceptClock().run(CoreWorld.ADMIN, id, "NTP was off");
      assertThat(count(EventKind.CLOCK_ACCEPTED)).as("the same request once").isEqualTo(1);
      token(core);
      refused(Kind.BLOCKED, () -> core.care().acceptClock().run(CoreWorld.ADMIN, request(), ""));
    }
  }

  @Test
  void whatEndsSomething_isDoneAllTheSame() throws Exception {
    try (ServerCore core = open()) {
      var owner =
          core.createOwner()
              .run(
                  CoreWorld.ADMIN,
                  request(),
                  new CreateOwner.NewOwner("finance", "", "", "alice", "", ""));
      Optional<Instant> before = highest();
      clock.advance(Duration.ofHours(2));
      refused(Kind.UNAVAILABLE, () -> token(core));
      var suspended =
          core.life()
              .ownerStates()
              .suspend(
                  CoreWorld.ADMIN,
                  ChangeAsk.now(request(), "stolen"),
                  owner.owner().name().value());
      assertThat(suspended.report().done()).isTrue();
      Optional<Owner> after = store.read(view -> view.owners().find(owner.owner().id()));
      assertThat(after.map(Owner::state)).contains(OwnerState.SUSPENDED);
      assertThat(highest().orElseThrow())
          .as("what was moved is not stored as the highest time")
          .isBefore(before.orElseThrow().plus(Duration.ofMinutes(1)));
      refused(Kind.UNAVAILABLE, () -> token(core));
    }
  }

  @Test
  void administrator_isSuspendedAllTheSame() throws Exception {
    try (ServerCore core = open()) {
      var asked =
          new EnrollAdministrator.NewAdministrator(
              "ada",
              "operator",
              java.util.List.of(),
              "",
              new EnrollAdministrator.Ttls(Optional.empty(), Optional.empty()));
      var enrolled = core.administration().enroll().run(CoreWorld.ADMIN, request(), asked, "");
      clock.advance(Duration.ofHours(2));
      refused(
          Kind.UNAVAILABLE,
          () ->
              core.administration()
                  .enroll()
                  .token(CoreWorld.ADMIN, request(), "ada", Optional.empty(), ""));
      var suspended =
          core.administration()
              .changes()
              .suspend(CoreWorld.ADMIN, ChangeAsk.now(request(), "stolen"), "ada");
      assertThat(suspended.report().done()).isTrue();
      assertThat(
              store
                  .read(view ->
                      view.administrators().find(enrolled.administrator().administrator().id()))
                  .orElseThrow()
                  .state())
          .isEqualTo(dev.credence.server.core.model.AdministratorState.SUSPENDED);
    }
  }

  @Test
  void behindAtItsStart_theServerIsThere_andIssuesNothing_untilAccepted() throws Exception {
    clock.advance(Duration.ofDays(2));
    try (ServerCore core = open()) {
      token(core);
    }
    clock.advance(Duration.ofHours(-1));
    try (ServerCore core = open()) {
      refused(Kind.UNAVAILABLE, () -> token(core));
      assertThat(core.identity().svid()).as("whom nodes hear the reason from").isNotNull();
      core.care().acceptClock().run(CoreWorld.ADMIN, request(), "");
      token(core);
    }
    try (ServerCore core = open()) {
      token(core);
    }
  }
}
