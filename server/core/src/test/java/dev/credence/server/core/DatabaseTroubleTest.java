package dev.credence.server.core;

import static dev.credence.server.core.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.server.core.Push.Cause;
import dev.credence.server.core.Push.Over;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.model.SubjectKind;
import dev.credence.server.core.testing.CoreWorld;
import dev.credence.server.core.testing.CoreWorld.Joined;
import dev.credence.server.core.testing.MemoryStore;
import dev.credence.server.core.testing.MemoryStore.Failure;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What is acknowledged is there, what is not known is not acknowledged, and nobody decides on a
/// state that may be old.
final class DatabaseTroubleTest {
  private static final String CANNOT_WRITE = "the database cannot be written";

  private MemoryStore store;
  private CoreWorld world;

  @BeforeEach
  void begin() throws Exception {
    store = new MemoryStore();
    world = CoreWorld.in(store);
    var _ = world.owner("finance");
  }

  @AfterEach
  void end() {
    world.close();
  }

  private SubjectView create(RequestId request) throws ServerException {
    return world
        .core
        .createSubject()
        .run(CoreWorld.ADMIN, request, CoreWorld.newAgent("finance", "bot", "unix:uid:1"));
  }

  @Test
  void writeThatSurelyFailed_isUnavailable_andTheNextOneWorks() throws Exception {
    RequestId request = world.request();
    store.failNextWrite(Failure.NOTHING_WRITTEN);
    ServerException _ = refused(Kind.UNAVAILABLE, CANNOT_WRITE, () -> create(request));
    assertThat(world.core.registry().size()).isZero();
    assertThat(create(request).subject().handle().display()).isEqualTo("finance/bot");
    assertThat(world.core.registry().size()).isEqualTo(1);
  }

  @Test
  void writeOfUnknownOutcome_thatHappened_isSeenAfterTheReload_andItsRepetitionGetsTheAnswer()
      throws Exception {
    Joined node = world.join(Map.of());
    RequestId request = world.request();
    store.failNextWrite(Failure.WRITTEN_UNKNOWN);
    ServerException _ = refused(Kind.UNAVAILABLE, CANNOT_WRITE, () -> create(request));
    // Published was nothing: nobody knew.
    assertThat(world.core.registry().size()).isZero();
    SubjectView view = create(request);
    assertThat(world.core.registry().size()).isEqualTo(1);
    assertThat(world.core.queries().subject(SubjectKind.AGENT, "bot")).isEqualTo(view);
    assertThat(world.eventKinds()).filteredOn("agent-created"::equals).hasSize(1);
    // The stream may have missed something: it begins anew.
    assertThat(node.stream().next()).contains(new Over(Cause.RESTART));
    var again = world.connect(node.id(), node.keys(), node.startId());
    assertThat(again.stream().next()).isPresent();
  }

  @Test
  void writeOfUnknownOutcome_thatDidNotHappen_isDoneByItsRepetition() throws Exception {
    RequestId request = world.request();
    store.failNextWrite(Failure.LOST);
    ServerException _ = refused(Kind.UNAVAILABLE, CANNOT_WRITE, () -> create(request));
    assertThat(create(request)).isNotNull();
    assertThat(world.core.registry().size()).isEqualTo(1);
  }

  @Test
  void untilTheStateIsLoadedAgain_everythingIsUnavailable() throws Exception {
    store.failNextWrite(Failure.LOST);
    ServerException _ = refused(Kind.UNAVAILABLE, CANNOT_WRITE, () -> create(world.request()));
    store.failReads(3);
    String message = "the server cannot read its state after trouble with the database";
    ServerException _ =
        refused(Kind.UNAVAILABLE, message, () -> world.core.queries().owner("finance"));
    ServerException _ = refused(Kind.UNAVAILABLE, message, () -> create(world.request()));
    assertThat(world.core.isAvailable()).isFalse();
    assertThat(world.core.isAvailable()).isTrue();
    assertThat(create(world.request())).isNotNull();
  }

  @Test
  void certificate_whoseRecordMayBeLost_doesNotLeave_andItsRequestCanBeRepeated() throws Exception {
    try (var bench = new ExecutionsBench()) {
      RequestId request = bench.world.request();
      OpenExecution.Asked asked = bench.asked(bench.matching());
      byte[] csr = bench.world.csr();
      bench.store.failNextWrite(Failure.WRITTEN_UNKNOWN);
      ServerException _ =
          refused(Kind.UNAVAILABLE, CANNOT_WRITE, () -> bench.open(request, asked, csr));
      IssuedSvid svid = bench.open(request, asked, csr);
      assertThat(bench.world.eventKinds()).filteredOn("execution-began"::equals).hasSize(1);
      assertThat(bench.shown(svid.execution()).execution().running()).isTrue();
    }
  }

  @Test
  void readThatFails_isUnavailable() {
    store.failReads(1);
    ServerException _ =
        refused(
            Kind.UNAVAILABLE,
            "the database cannot be read",
            () -> world.core.queries().owner("finance"));
  }

  @Test
  void afterClose_everythingIsRefused() {
    world.core.close();
    ServerException _ =
        refused(
            Kind.UNAVAILABLE,
            "the server is stopping",
            () -> world.core.queries().owner("finance"));
  }
}
