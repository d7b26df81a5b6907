package dev.credence.server.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.certs.Id;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.AuthorityKind;
import dev.credence.server.core.model.NodeLink;
import dev.credence.server.core.testing.CoreWorld;
import dev.credence.server.core.testing.MemoryStore;
import dev.credence.server.core.testing.MemoryStore.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A stream that is gone is known to be gone, also if the database could not be written at that
/// moment.
final class UnclosedLinksTest {
  private final MemoryStore store = new MemoryStore();
  private CoreWorld world;

  @BeforeEach
  void begin() throws Exception {
    world = CoreWorld.in(store);
  }

  @AfterEach
  void end() {
    world.close();
  }

  private boolean isOpen(Id node) {
    return store.read(view -> view.servers().link(node).filter(NodeLink::open).isPresent());
  }

  private Instant lastSeen(Id node) {
    return store.read(view -> view.nodes().find(node).orElseThrow().presence().lastSeenAt());
  }

  private Id prepare() throws ServerException {
    return world
        .core
        .authorities()
        .prepare()
        .run(CoreWorld.ADMIN, world.request(), AuthorityKind.X509, "test")
        .authority()
        .record()
        .id();
  }

  private void activate(Id id) throws ServerException {
    var asked = new ActivateAuthority.Asked(id, false, "test");
    var _ = world.core.authorities().activate().run(CoreWorld.ADMIN, world.request(), asked);
  }

  @Test
  void aRotation_doesNotWaitForTheNodeOfAStreamWhoseEndCouldNotBeWritten() throws Exception {
    CoreWorld.Joined node = world.join(Map.of());
    store.failNextWrite(Failure.NOTHING_WRITTEN);
    node.stream().close();
    Instant closed = world.clock.instant();
    world.clock.advance(Duration.ofMinutes(6));
    Id next = prepare();
    assertThatExceptionOfType(ServerException.class)
        .isThrownBy(() -> activate(next))
        .withMessageContaining(node.id().toString())
        .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.BLOCKED));
    world.ticker.tick();
    assertThat(isOpen(node.id())).isFalse();
    assertThat(lastSeen(node.id())).as("when it was there").isBeforeOrEqualTo(closed);
    activate(next);
  }

  @Test
  void aStreamThatWasOpenedSince_staysOpen() throws Exception {
    CoreWorld.Joined node = world.join(Map.of());
    store.failNextWrite(Failure.NOTHING_WRITTEN);
    node.stream().close();
    CoreWorld.Joined _ = world.connect(node.id(), node.keys(), node.startId());
    world.ticker.tick();
    assertThat(isOpen(node.id())).isTrue();
  }

  @Test
  void aStream_whoseOpeningWasWritten_althoughNobodyKnew_isClosed() throws Exception {
    CoreWorld.Joined node = world.join(Map.of());
    node.stream().close();
    assertThat(isOpen(node.id())).isFalse();
    store.failNextWrite(Failure.WRITTEN_UNKNOWN);
    assertThatThrownBy(() -> world.connect(node.id(), node.keys(), node.startId()))
        .isInstanceOf(ServerException.class);
    assertThat(world.core.isAvailable()).isTrue();
    world.ticker.tick();
    assertThat(isOpen(node.id())).isFalse();
  }
}
