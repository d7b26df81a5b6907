package dev.credence.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.certs.Id;
import dev.credence.server.core.EndExecution;
import dev.credence.server.core.EventFollower;
import dev.credence.server.core.EventView;
import dev.credence.server.core.IssuedSvid;
import dev.credence.server.core.NodeStream;
import dev.credence.server.core.OpenExecution.Asked;
import dev.credence.server.core.Push;
import dev.credence.server.core.Queries.EventQuery;
import dev.credence.server.core.SubjectView;
import dev.credence.server.core.testing.CoreWorld;
import dev.credence.server.store.postgres.PostgresExtension;
import dev.credence.server.store.postgres.RealPostgres;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Two servers on one PostgreSQL, each with a node: what one commits the other's node and its
/// followers hear of, without asking.
@ExtendWith(PostgresExtension.class)
class TwoServersTest {
  private static final long SECONDS = 60;

  private final PostgresqlSettings database;
  private CoreWorld one;
  private CoreWorld two;
  private Joined node;

  TwoServersTest(RealPostgres postgres) throws Exception {
    this.database = postgres.newDatabase();
  }

  private PostgresqlStore store() throws Exception {
    return PostgresqlStore.open(database, StoreSettings.defaults(failure -> {}));
  }

  @BeforeEach
  void open() throws Exception {
    one = CoreWorld.dev(store());
    two = CoreWorld.dev(store());
    boolean _ = one.owner("finance").owner().name().value().isEmpty();
    node = Joined.at(two);
  }

  @AfterEach
  void close() {
    two.close();
    one.close();
  }

  /// A node that is connected to one of them.
  private record Joined(CoreWorld world, CoreWorld.Joined node, NodeStream stream, Semaphore told) {
    static Joined at(CoreWorld world) throws Exception {
      CoreWorld.Joined joined = world.join(Map.of());
      joined.stream().close();
      Semaphore told = new Semaphore(0);
      Id start = Id.random(world.random);
      NodeStream stream =
          world.core.nodeStreams().open(joined.id(), CoreWorld.hello(start), told::release);
      stream.settle(java.util.Set.of());
      return new Joined(
          world, new CoreWorld.Joined(joined.id(), joined.keys(), start, stream), stream, told);
    }

    /// Waits for a push of which this holds.
    <P extends Push> P awaitPush(Class<P> type, Predicate<P> wanted) throws Exception {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
      while (true) {
        for (Optional<Push> push = stream.next(); push.isPresent(); push = stream.next()) {
          if (type.isInstance(push.get()) && wanted.test(type.cast(push.get()))) {
            return type.cast(push.get());
          }
        }
        assertThat(told.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS))
            .as("a push of %s", type.getSimpleName())
            .isTrue();
      }
    }

    void awaitAgent(SubjectView agent) throws Exception {
      Push.RegistryPush push =
          awaitPush(
              Push.RegistryPush.class,
              update ->
                  update.registrations().stream()
                      .anyMatch(entry -> entry.subject().id().equals(agent.subject().id())));
      assertThat(push.number()).isGreaterThanOrEqualTo(agent.subject().revision());
    }
  }

  @Test
  void registrationAtOne_isPushedByTheOther() throws Exception {
    for (int i = 0; i < 10; i++) {
      node.awaitAgent(one.create(CoreWorld.newAgent("finance", "bot-" + i, "unix:uid:" + i)));
    }
    assertThat(two.core.registry().size()).isEqualTo(10);
    assertThat(two.core.registry().number()).isEqualTo(one.core.registry().number());
  }

  @Test
  void registrationsAtBothAtOnce_areKnownToBoth_andNoNumberIsMissing() throws Exception {
    long newest = 0;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<SubjectView>> all = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        CoreWorld world = i % 2 == 0 ? one : two;
        var agent = CoreWorld.newAgent("finance", "bot-" + i, "unix:uid:" + i);
        all.add(threads.submit(() -> world.create(agent)));
      }
      for (Future<SubjectView> agent : all) {
        newest = Math.max(newest, agent.get().subject().revision());
      }
    }
    awaitAll(node, newest);
    awaitAll(Joined.at(one), newest);
  }

  private static void awaitAll(Joined node, long number) throws Exception {
    var _ = node.awaitPush(Push.RegistryPush.class, push -> push.number() >= number);
    assertThat(node.world().core.registry().size()).isEqualTo(40);
  }

  @Test
  void endAtOne_isToldByTheOther_toTheNodeThatHosts() throws Exception {
    SubjectView agent = one.create(CoreWorld.newAgent("finance", "bot", "unix:uid:1000"));
    node.awaitAgent(agent);
    KeyPair keys = two.newKeys();
    IssuedSvid svid =
        two.core
            .openExecution()
            .run(
                node.node().id(),
                two.request(),
                new Asked(
                    node.node().startId(),
                    agent.registrations().getFirst().id(),
                    agent.subject().revision(),
                    CoreWorld.attestation(two.process(), "unix:uid:1000")),
                two.csr(keys));
    EndExecution end = one.core.endExecution();
    assertThat(
            end.byAdministrator(
                    CoreWorld.ADMIN, one.request(), svid.execution().toString(), "enough")
                .execution()
                .running())
        .isFalse();
    Push.EndedPush push =
        node.awaitPush(
            Push.EndedPush.class,
            ended ->
                ended.executions().stream().anyMatch(e -> e.execution().equals(svid.execution())));
    assertThat(push.executions().getFirst().reason()).contains("enough");
  }

  @Test
  void eventsOfOne_areFollowedAtTheOther_inOrder_withoutGaps() throws Exception {
    Semaphore told = new Semaphore(0);
    try (EventFollower follower =
        two.core.queries().follow(new EventQuery(0, Optional.empty(), "", ""), told::release)) {
      for (int i = 0; i < 10; i++) {
        SubjectView _ = one.create(CoreWorld.newAgent("finance", "bot-" + i, "unix:uid:" + i));
      }
      long last = one.events().getLast().event().number();
      List<Long> numbers = new ArrayList<>();
      while (numbers.isEmpty() || numbers.getLast() < last) {
        List<EventView> some = follower.next();
        some.forEach(event -> numbers.add(event.event().number()));
        assertThat(!some.isEmpty() || told.tryAcquire(SECONDS, TimeUnit.SECONDS)).isTrue();
      }
      assertThat(numbers)
          .containsExactlyElementsOf(LongStream.rangeClosed(1, numbers.getLast()).boxed().toList());
    }
  }
}
