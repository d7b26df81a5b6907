package dev.credence.server.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.certs.Id;
import dev.credence.certs.issue.Authority;
import dev.credence.server.core.testing.CoreWorld;
import dev.credence.server.core.testing.MemoryStore;
import dev.credence.server.core.testing.StuckWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What goes on while the database can be read, and not be written: a write takes half a minute to
/// fail then, so whoever has something good to say does not wait for one.
@Timeout(60)
final class StuckDatabaseTest {
  private final MemoryStore memory = new MemoryStore();
  private final StuckWriter store = new StuckWriter(memory);
  private CoreWorld world;
  private Authority authority;
  private Database database;

  @BeforeEach
  void begin() throws Exception {
    world = CoreWorld.in(memory);
    authority = world.authority;
    database =
        new Database(
            store,
            new Availability(() -> {}),
            world.clock,
            new ClockGuard(world.clock, CoreSeams.following(world.clock), Optional.empty(), false));
  }

  @AfterEach
  void end() {
    store.letGo();
    world.close();
  }

  private RevocationLists lists() {
    return new RevocationLists(database, _ -> Optional.of(authority));
  }

  private byte[] list(RevocationLists lists) throws ServerException {
    return lists.of(authority.id()).orElseThrow();
  }

  @Test
  void afterAFailedAttempt_theEarlierList_isHandedOut_withoutAnotherOne() throws Exception {
    RevocationLists lists = lists();
    byte[] good = list(lists);
    world.clock.advance(RevocationLists.REFRESH);
    store.fails(true);
    int before = store.attempts();
    for (int i = 0; i < 10; i++) {
      assertThat(list(lists)).isEqualTo(good);
    }
    assertThat(store.attempts()).isEqualTo(before + 1);
    store.fails(false);
    world.clock.advance(RevocationLists.REFRESH);
    assertThat(list(lists)).isNotEqualTo(good);
  }

  @Test
  void whileOneHangs_othersGetTheEarlierList() throws Exception {
    RevocationLists lists = lists();
    byte[] good = list(lists);
    world.clock.advance(RevocationLists.REFRESH);
    store.hangs();
    try (var executor = Executors.newSingleThreadExecutor()) {
      Future<byte[]> hanging = executor.submit(() -> list(lists));
      store.awaitHanging();
      assertThat(list(lists)).isEqualTo(good);
      assertThat(hanging.isDone()).isFalse();
      store.letGo();
      assertThat(hanging.get(20, TimeUnit.SECONDS)).isEqualTo(good);
    }
  }

  @Test
  void endsOfManyStreams_areOneWrite() {
    List<Id> closed = new ArrayList<>();
    var links = new UnclosedLinks(database, (_, node, _) -> closed.add(node));
    store.fails(true);
    List<Id> nodes = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      nodes.add(Id.random(world.random));
      links.close(nodes.getLast());
    }
    int before = store.attempts();
    links.look();
    assertThat(store.attempts()).isEqualTo(before + 1);
    assertThat(closed).isEmpty();
    store.fails(false);
    links.look();
    assertThat(store.attempts()).isEqualTo(before + 2);
    // The store runs the work twice.
    assertThat(closed).hasSize(2 * nodes.size()).containsAll(nodes);
    world.clock.advance(Duration.ofSeconds(10));
    links.look();
    assertThat(store.attempts()).as("nothing is left").isEqualTo(before + 2);
  }
}
