package dev.credence.server.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.server.core.ChangeSubjectState.Which;
import dev.credence.server.core.DecideNode.Decision;
import dev.credence.server.core.DecideNode.Wanted;
import dev.credence.server.core.DecidedNode.Already;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.model.SubjectKind;
import dev.credence.server.core.testing.CoreWorld;
import dev.credence.server.core.testing.MemoryStore;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What is so already is not done again, leaves no event, and is told since when.
final class AlreadySoTest {
  private static final Which BOT = new Which(SubjectKind.AGENT, "finance/bot");

  private CoreWorld world;
  private CoreWorld.Joined node;

  @BeforeEach
  void begin() throws Exception {
    world = CoreWorld.in(new MemoryStore());
    var _ = world.owner("finance");
    var _ = world.create(CoreWorld.newAgent("finance", "bot", "unix:uid:1000"));
    node = world.join(Map.of());
  }

  @AfterEach
  void end() {
    world.close();
  }

  private interface Change {
    ChangeReport make(ChangeAsk ask) throws ServerException;
  }

  private long events() {
    return world.store.read(view -> view.events().last());
  }

  private Instant later() {
    world.clock.advance(Duration.ofSeconds(90));
    // As precise as the database is.
    return world.clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  private void assertOnce(Change change) throws Exception {
    Instant when = later();
    assertThat(change.make(ChangeAsk.now(world.request(), "why")).fields()).isNotEmpty();
    long events = events();
    var _ = later();
    RequestId request = world.request();
    var again = change.make(ChangeAsk.now(request, "why"));
    assertThat(again.fields()).isEmpty();
    assertThat(again.since()).contains(when);
    var _ = later();
    assertThat(change.make(ChangeAsk.now(request, "why")).since()).contains(when);
    assertThat(change.make(ChangeAsk.dry()).since()).contains(when);
    assertThat(events()).isEqualTo(events);
  }

  @Test
  void agents() throws Exception {
    var states = world.core.life().states();
    var never = states.resume(CoreWorld.ADMIN, ChangeAsk.now(world.request(), ""), BOT).report();
    assertThat(never.fields()).isEmpty();
    assertThat(never.since()).isEmpty();
    assertOnce(ask -> states.suspend(CoreWorld.ADMIN, ask, BOT).report());
    assertOnce(ask -> states.resume(CoreWorld.ADMIN, ask, BOT).report());
    assertOnce(ask -> states.suspend(CoreWorld.ADMIN, ask, BOT).report());
    assertOnce(ask -> states.retire(CoreWorld.ADMIN, ask, BOT).report());
  }

  @Test
  void owners() throws Exception {
    var states = world.core.life().ownerStates();
    assertOnce(ask -> states.suspend(CoreWorld.ADMIN, ask, "finance").report());
    assertOnce(ask -> states.resume(CoreWorld.ADMIN, ask, "finance").report());
  }

  private DecidedNode decide(RequestId request, Decision decision) throws ServerException {
    return world
        .core
        .decideNode()
        .run(CoreWorld.ADMIN, request, new Wanted(decision, node.id().toString(), "why"));
  }

  @Test
  void nodes() throws Exception {
    assertThat(decide(world.request(), Decision.RESUME).already())
        .contains(new Already(Optional.empty()));
    for (Decision decision :
        new Decision[] {Decision.SUSPEND, Decision.RESUME, Decision.EVICT, Decision.BAN}) {
      Instant when = later();
      assertThat(decide(world.request(), decision).already()).isEmpty();
      long events = events();
      var _ = later();
      RequestId request = world.request();
      Already already = new Already(Optional.of(when));
      assertThat(decide(request, decision).already()).contains(already);
      var _ = later();
      assertThat(decide(request, decision).already()).contains(already);
      assertThat(events()).isEqualTo(events);
    }
  }
}
