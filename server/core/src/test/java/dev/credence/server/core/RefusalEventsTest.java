package dev.credence.server.core;

import static dev.credence.server.core.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.credence.attestors.join.JoinTokenVerifier;
import dev.credence.server.core.CreateOwner.NewOwner;
import dev.credence.server.core.NodeRefusal.Caller;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.NewEvent;
import dev.credence.server.core.model.NodeState;
import dev.credence.server.core.port.Events;
import dev.credence.server.core.testing.CoreWorld;
import dev.credence.server.core.testing.CoreWorld.Joined;
import dev.credence.server.core.testing.MemoryStore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Every refusal is an event, and nobody can flood the store with them: RefusalLog, RecordRefusals,
/// RecordRefusedCall.
final class RefusalEventsTest {
  private MemoryStore store;
  private CoreWorld world;

  @BeforeEach
  void begin() throws Exception {
    store = new MemoryStore();
    world = CoreWorld.in(store);
  }

  @AfterEach
  void end() {
    world.close();
  }

  private void wrongOwner(Actor actor, String name) {
    Throwable thrown =
        catchThrowable(() ->
            world
                .core
                .createOwner()
                .run(actor, world.request(), new NewOwner(name, "", "", "", "", "")));
    assertThat(thrown).isInstanceOf(ServerException.class);
  }

  private List<NewEvent> refusals() throws ServerException {
    return world.events().stream()
        .map(it -> it.event().what())
        .filter(it -> it.kind() == EventKind.REFUSED || it.kind() == EventKind.UNREGISTERED)
        .toList();
  }

  @Test
  void first_isWrittenAtOnce_furtherOnesAreCounted() throws Exception {
    for (int i = 0; i < 5; i++) {
      wrongOwner(CoreWorld.ADMIN, "Wrong" + i);
    }
    assertThat(refusals())
        .singleElement()
        .satisfies(it -> {
          assertThat(it.actor()).isEqualTo(CoreWorld.ADMIN);
          assertThat(it.details())
              .containsEntry("operation", "create-owner")
              .containsEntry("error", "INVALID")
              .containsEntry("count", "1");
          assertThat(it.details().get("reason")).startsWith("owner name \"Wrong0\"");
        });
    world.ticker.tick();
    assertThat(refusals()).hasSize(2);
    assertThat(refusals().getLast().details()).containsEntry("count", "4");
    world.ticker.tick();
    assertThat(refusals()).hasSize(2);
    // Quiet for a whole window: it is a first one again.
    wrongOwner(CoreWorld.ADMIN, "Wrong9");
    assertThat(refusals()).hasSize(3);
    assertThat(refusals().getLast().details()).containsEntry("count", "1");
  }

  @Test
  void callersAndReasons_areCountedApart() throws Exception {
    wrongOwner(CoreWorld.ADMIN, "Wrong");
    wrongOwner(new Actor.LocalUid(0), "Wrong");
    Throwable thrown =
        catchThrowable(() ->
            world
                .core
                .createOwner()
                .run(
                    CoreWorld.ADMIN, world.request(), new NewOwner("a", "", "", "", "", "nobody")));
    assertThat(thrown).isInstanceOf(ServerException.class);
    assertThat(refusals()).hasSize(3);
  }

  @Test
  void manyStrangers_areCountedTogether() throws Exception {
    for (int i = 0; i < 1000; i++) {
      strange(new Actor.Anonymous("192.0.2." + i % 250));
    }
    // A hundred of their own, then one for all others.
    assertThat(refusals()).hasSize(101);
    assertThat(refusals().getLast().actor()).isEqualTo(new Actor.Anonymous("others"));
    world.ticker.tick();
    assertThat(counted()).isEqualTo(1000);
  }

  @Test
  void oneCallersManyReasons_areCountedTogether() throws Exception {
    Joined node = world.join(Map.of());
    for (int i = 0; i < 1000; i++) {
      world
          .core
          .recordRefusals()
          .run(
              node.id(),
              List.of(
                  new NodeRefusal(
                      "missing-header",
                      "",
                      new Caller(OptionalInt.of(7), 1000, 1000, "/" + i),
                      1)));
    }
    assertThat(refusals()).hasSize(201);
    assertThat(refusals().getLast().details()).containsEntry("reason", "other reasons");
    world.ticker.tick();
    assertThat(counted()).isEqualTo(1000);
  }

  private long counted() throws ServerException {
    return refusals().stream().mapToLong(it -> Long.parseLong(it.details().get("count"))).sum();
  }

  private void strange(Actor actor) {
    Throwable thrown =
        catchThrowable(() ->
            world
                .core
                .attestNode()
                .run(actor, world.request(), JoinTokenVerifier.NAME, new byte[1], new byte[0]));
    assertThat(thrown).hasMessage("join token refused");
  }

  @Test
  void refusal_thatCouldNotBeWritten_isCounted_andTheCallerIsStillRefused() throws Exception {
    store.failNextWrite(MemoryStore.Failure.NOTHING_WRITTEN);
    wrongOwner(CoreWorld.ADMIN, "Wrong");
    assertThat(refusals()).isEmpty();
    world.ticker.tick();
    assertThat(refusals())
        .singleElement()
        .satisfies(it -> assertThat(it.details()).containsEntry("count", "1"));
  }

  @Test
  void whatWasOnlyCounted_isWrittenWhenTheServerCloses() throws Exception {
    wrongOwner(CoreWorld.ADMIN, "Wrong");
    wrongOwner(CoreWorld.ADMIN, "Wrong");
    world.core.close();
    long count =
        store.read(view ->
            view.events().list(Events.Filter.everything(0), 1000).stream()
                .filter(it -> it.what().kind() == EventKind.REFUSED)
                .count());
    assertThat(count).isEqualTo(2);
  }

  @Test
  void callRefusedAtTheEdge_isAnEvent_coalescedToo() throws Exception {
    for (int i = 0; i < 3; i++) {
      world
          .core
          .recordRefusedCall()
          .run(
              new Actor.Svid("spiffe://example.org/agent/a/b"),
              "credence.admin.v1.Owners/CreateOwner",
              Kind.REFUSED,
              "agents may not call this");
    }
    world.ticker.tick();
    assertThat(refusals()).extracting(it -> it.details().get("count")).containsExactly("1", "2");
    assertThat(refusals().getFirst().details())
        .containsEntry("operation", "credence.admin.v1.Owners/CreateOwner");
  }

  private NodeRefusal refusal(String reason, Caller process, long count) {
    return new NodeRefusal(reason, "no registration matches", process, count);
  }

  @Test
  void nodesRefusals_areEvents_byProcessAndReason() throws Exception {
    Joined node = world.join(Map.of());
    Caller process = new Caller(OptionalInt.of(7), 1000, 1000, "/usr/local/bin/agent");
    world
        .core
        .recordRefusals()
        .run(
            node.id(),
            List.of(refusal("unregistered", process, 3), refusal("missing-header", process, 1)));
    assertThat(refusals())
        .extracting(NewEvent::kind)
        .containsExactly(EventKind.UNREGISTERED, EventKind.REFUSED);
    assertThat(refusals().getFirst().details())
        .containsEntry("reason", "unregistered")
        .containsEntry("detail", "no registration matches")
        .containsEntry("uid", "1000")
        .containsEntry("pid", "7")
        .containsEntry("executable", "/usr/local/bin/agent")
        .containsEntry("count", "3");
    assertThat(refusals().getFirst().about()).isEqualTo(NewEvent.About.node(node.id()));
    world.core.recordRefusals().run(node.id(), List.of(refusal("unregistered", process, 2)));
    world.ticker.tick();
    assertThat(refusals().getLast().details()).containsEntry("count", "2");
  }

  @Test
  void nodesRefusals_areBounded_andMalformedOnesDropped() throws Exception {
    Joined node = world.join(Map.of());
    Caller process = new Caller(OptionalInt.of(7), 1000, 1000, "/usr/local/bin/agent");
    List<NodeRefusal> reported =
        new ArrayList<>(List.of(refusal("Not a word", process, 1), refusal("a", process, 0)));
    reported.addAll(Collections.nCopies(300, refusal("b", process, 1)));
    world.core.recordRefusals().run(node.id(), reported);
    world.ticker.tick();
    assertThat(refusals()).extracting(it -> it.details().get("reason")).containsOnly("b");
    assertThat(refusals()).extracting(it -> it.details().get("count")).containsExactly("1", "197");
    store.tamperNode(node.id(), NodeState.BANNED);
    ServerException _ =
        refused(
            Kind.REFUSED,
            "node %s: banned (expected: active)".formatted(node.id()),
            () -> {
              world.core.recordRefusals().run(node.id(), List.of(refusal("a", process, 1)));
              return "";
            });
  }

  @Test
  void countsThatANodeMakesUp_keepNobodysFromBeingWritten() throws Exception {
    Joined node = world.join(Map.of());
    Caller process = new Caller(OptionalInt.of(7), 1000, 1000, "/usr/local/bin/agent");
    for (int i = 0; i < 5; i++) {
      world
          .core
          .recordRefusals()
          .run(node.id(), List.of(refusal("unregistered", process, Long.MAX_VALUE)));
    }
    wrongOwner(CoreWorld.ADMIN, "Wrong");
    wrongOwner(CoreWorld.ADMIN, "Wrong");
    world.ticker.tick();
    assertThat(refusals())
        .filteredOn(it -> it.kind() == EventKind.UNREGISTERED)
        .extracting(it -> it.details().get("count"))
        .containsExactly("2147483647", "8589934588");
    assertThat(refusals())
        .filteredOn(it -> it.kind() == EventKind.REFUSED)
        .extracting(it -> it.details().get("count"))
        .containsExactly("1", "1");
  }

  @Test
  void aGroupThatCannotBeWritten_isWrittenOneByOne() throws Exception {
    for (Actor actor : List.of(CoreWorld.ADMIN, new Actor.LocalUid(0))) {
      wrongOwner(actor, "Wrong");
      wrongOwner(actor, "Wrong");
    }
    store.failNextWrite(MemoryStore.Failure.NOTHING_WRITTEN);
    world.ticker.tick();
    assertThat(refusals())
        .extracting(it -> it.details().get("count"))
        .containsExactly("1", "1", "1", "1");
    world.ticker.tick();
    assertThat(refusals()).hasSize(4);
  }

  @Test
  void processThatCouldNotBePinned_isReportedWithoutPid() throws Exception {
    Joined node = world.join(Map.of());
    var unknown = new NodeRefusal.Caller(OptionalInt.empty(), 7, 8, "");
    world
        .core
        .recordRefusals()
        .run(node.id(), List.of(new NodeRefusal("unattestable", "gone", unknown, 1)));
    assertThat(refusals().getFirst().details())
        .containsEntry("pid", "unknown")
        .containsEntry("uid", "7");
  }

  @Test
  void callersThatAreCountedTogether_haveNoNumberThatNobodyHas() throws Exception {
    Joined node = world.join(Map.of());
    var ofUser = new NodeRefusal.Caller(OptionalInt.empty(), 7, -1, "(others)");
    var ofSeveral = new NodeRefusal.Caller(OptionalInt.empty(), -1, -1, "(others)");
    for (String reason : List.of("unattestable", "unregistered")) {
      world
          .core
          .recordRefusals()
          .run(node.id(), List.of(new NodeRefusal(reason, "gone", ofUser, 1)));
      world
          .core
          .recordRefusals()
          .run(node.id(), List.of(new NodeRefusal(reason, "gone", ofSeveral, 1)));
    }
    assertThat(refusals())
        .hasSize(4)
        .allSatisfy(it -> assertThat(it.details()).doesNotContainKey("gid"))
        .extracting(it -> it.details().getOrDefault("uid", "none"))
        .containsExactly("7", "none", "7", "none");
  }
}
