package dev.credence.server.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.certs.Id;
import dev.credence.server.core.Push.RegistryPush;
import dev.credence.server.core.model.Node;
import dev.credence.server.core.model.NodeSelection;
import dev.credence.server.core.model.Subject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Random registries and nodes against an oracle that looks at everything.
final class RegistryStreamsTest {
  private static final List<String> REGIONS = List.of("eu", "us", "ap");
  private static final List<String> RACKS = List.of("1", "2", "3", "4");

  /// A node as it should be: applies what it is told, and notices what does not fit.
  private static final class Client {
    private final StreamBench bench;
    private final Node node;
    private final AtomicInteger signals = new AtomicInteger();
    private final Map<Id, RegistryEntry> known = new HashMap<>();
    private Optional<Cursor> cursor = Optional.empty();
    private NodeStream stream;

    Client(StreamBench bench, Node node) throws ServerException {
      this.bench = bench;
      this.node = node;
      this.stream = bench.open(node, cursor, signals::incrementAndGet);
    }

    void reconnect(Optional<Cursor> from) throws ServerException {
      stream.close();
      cursor = from;
      if (from.isEmpty()) {
        known.clear();
      }
      stream = bench.open(node, cursor, signals::incrementAndGet);
    }

    void pull() {
      Optional<Push> push = stream.next();
      while (push.isPresent()) {
        if (push.get() instanceof RegistryPush update) {
          apply(update);
        }
        push = stream.next();
      }
    }

    private void apply(RegistryPush push) {
      if (push.full()) {
        assertThat(push.previous()).isZero();
        known.clear();
      } else {
        assertThat(push.previous()).isEqualTo(cursor.orElseThrow().number());
      }
      assertThat(push.registrations()).isSortedAccordingTo(RegistryEntry.BY_CREATION);
      for (RegistryEntry entry : push.registrations()) {
        assertThat(entry.registration().nodes().admits(node.selectors())).isTrue();
        known.put(entry.id(), entry);
      }
      push.removed().forEach(known::remove);
      cursor = Optional.of(new Cursor(push.epoch(), push.number()));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void nodes_alwaysKnowExactlyWhatIsMeantForThem(long seed) throws Exception {
    var random = new Random(seed);
    try (var bench = new StreamBench(seed)) {
      List<Client> clients = clients(bench, random);
      Map<Id, List<RegistryEntry>> all = new HashMap<>();
      List<Subject> subjects = new ArrayList<>();
      for (long number = 1; number <= 600; number++) {
        RegistryChange change = randomChange(bench, random, number, subjects);
        all.put(change.subject(), change.entries());
        bench.registry.publish(change);
        for (Client client : clients) {
          disturb(client, random);
        }
      }
      requireAll(bench, clients, all, seed);
    }
  }

  private static List<Client> clients(StreamBench bench, Random random) throws ServerException {
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      Map<String, String> labels = new HashMap<>();
      if (random.nextInt(5) > 0) {
        labels.put("region", pick(REGIONS, random));
      }
      if (random.nextInt(3) > 0) {
        labels.put("rack", pick(RACKS, random));
      }
      clients.add(new Client(bench, bench.node(labels)));
    }
    return clients;
  }

  private static String pick(List<String> from, Random random) {
    return from.get(random.nextInt(from.size()));
  }

  /// A new subject, or another set of registrations of an old one, maybe none.
  private static RegistryChange randomChange(
      StreamBench bench, Random random, long number, List<Subject> subjects) {
    boolean isNew = subjects.isEmpty() || random.nextInt(3) == 0;
    Subject subject = isNew ? bench.subject() : subjects.get(random.nextInt(subjects.size()));
    if (isNew) {
      subjects.add(subject);
    }
    List<RegistryEntry> entries = new ArrayList<>();
    for (RegistryEntry kept : bench.registry.current().of(subject.id())) {
      if (random.nextBoolean()) {
        entries.add(kept);
      }
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      entries.add(bench.entry(subject, selection(random)));
    }
    return new RegistryChange(number, subject.id(), entries);
  }

  private static NodeSelection selection(Random random) {
    return switch (random.nextInt(5)) {
      case 0 -> new NodeSelection.AnyNode();
      case 1 -> StreamBench.having("node:label:rack:" + pick(RACKS, random));
      case 2 ->
          StreamBench.having(
              "node:label:region:" + pick(REGIONS, random),
              "node:label:rack:" + pick(RACKS, random));
      case 3 -> StreamBench.having("node:label:nobody:has");
      default -> StreamBench.having("node:label:region:" + pick(REGIONS, random));
    };
  }

  private static void disturb(Client client, Random random) throws ServerException {
    switch (random.nextInt(20)) {
      case 0 -> client.reconnect(client.cursor);
      case 1 -> client.reconnect(Optional.empty());
      case 2, 3, 4 -> client.pull();
      default -> {
        // busy with something else
      }
    }
  }

  private static void requireAll(
      StreamBench bench, List<Client> clients, Map<Id, List<RegistryEntry>> all, long seed) {
    for (Client client : clients) {
      client.pull();
      List<RegistryEntry> expected =
          all.values().stream()
              .flatMap(List::stream)
              .filter(it -> it.registration().nodes().admits(client.node.selectors()))
              .sorted(RegistryEntry.BY_CREATION)
              .toList();
      assertThat(bench.registry.current().meantFor(client.node.selectors()))
          .as("seed %d: snapshot", seed)
          .isEqualTo(expected);
      assertThat(client.known.values().stream().sorted(RegistryEntry.BY_CREATION).toList())
          .as("seed %d: node", seed)
          .isEqualTo(expected);
    }
    assertThat(bench.registry.current().size())
        .isEqualTo(all.values().stream().mapToInt(List::size).sum());
  }

  @Test
  void change_signalsOnlyTheNodesThatItConcerns() throws Exception {
    try (var bench = new StreamBench(1)) {
      var eu = new Client(bench, bench.node(Map.of("region", "eu")));
      var us = new Client(bench, bench.node(Map.of("region", "us")));
      eu.pull();
      us.pull();
      int euBefore = eu.signals.get();
      int usBefore = us.signals.get();
      Subject subject = bench.subject();
      bench.registry.publish(
          new RegistryChange(
              1,
              subject.id(),
              List.of(bench.entry(subject, StreamBench.having("node:label:region:eu")))));
      assertThat(eu.signals.get()).isEqualTo(euBefore + 1);
      assertThat(us.signals.get()).isEqualTo(usBefore);
      assertThat(us.stream.next()).isEqualTo(Optional.empty());
    }
  }

  @Test
  void registration_thatMovesAway_isRemovedAtTheNodeThatHadIt_andNobodyElseHears()
      throws Exception {
    try (var bench = new StreamBench(2)) {
      var eu = new Client(bench, bench.node(Map.of("region", "eu")));
      var us = new Client(bench, bench.node(Map.of("region", "us")));
      var ap = new Client(bench, bench.node(Map.of("region", "ap")));
      Subject subject = bench.subject();
      RegistryEntry entry = bench.entry(subject, StreamBench.having("node:label:region:eu"));
      bench.registry.publish(new RegistryChange(1, subject.id(), List.of(entry)));
      List.of(eu, us, ap).forEach(Client::pull);
      RegistryEntry moved = bench.entry(subject, StreamBench.having("node:label:region:us"));
      bench.registry.publish(new RegistryChange(2, subject.id(), List.of(moved)));
      assertThat(eu.stream.next())
          .contains(
              new RegistryPush(StreamBench.EPOCH, 1, 2, false, List.of(), List.of(entry.id())));
      assertThat(us.stream.next())
          .contains(new RegistryPush(StreamBench.EPOCH, 1, 2, false, List.of(moved), List.of()));
      assertThat(ap.stream.next()).isEqualTo(Optional.empty());
    }
  }

  @Test
  void quietNode_isToldTheNumberNowAndThen_soThatItsCursorStaysKnown() throws Exception {
    try (var bench = new StreamBench(3)) {
      var quiet = new Client(bench, bench.node(Map.of("region", "eu")));
      quiet.pull();
      Subject subject = bench.subject();
      for (long number = 1; number <= Registry.WATERMARK_EVERY; number++) {
        bench.registry.publish(
            new RegistryChange(
                number,
                subject.id(),
                List.of(bench.entry(subject, StreamBench.having("node:label:region:us")))));
      }
      assertThat(quiet.stream.next())
          .contains(
              new RegistryPush(
                  StreamBench.EPOCH, 0, Registry.WATERMARK_EVERY, false, List.of(), List.of()));
    }
  }

  @Test
  void cursor_ofAnotherEpochOrAheadOrTooOld_getsEverything() throws Exception {
    try (var bench = new StreamBench(4)) {
      Node node = bench.node(Map.of());
      Subject subject = bench.subject();
      RegistryEntry entry = bench.entry(subject, new NodeSelection.AnyNode());
      bench.registry.publish(new RegistryChange(1, subject.id(), List.of(entry)));
      var client = new Client(bench, node);
      client.pull();
      for (Cursor wrong : List.of(new Cursor(new Id(9, 9), 1), new Cursor(StreamBench.EPOCH, 2))) {
        client.reconnect(Optional.of(wrong));
        assertThat(firstRegistryPush(client).full()).as("%s", wrong).isTrue();
      }
      client.reconnect(Optional.of(new Cursor(StreamBench.EPOCH, 1)));
      assertThat(firstRegistryPush(client))
          .isEqualTo(new RegistryPush(StreamBench.EPOCH, 1, 1, false, List.of(), List.of()));
      for (long number = 2; number <= 10_002; number++) {
        bench.registry.publish(new RegistryChange(number, subject.id(), List.of(entry)));
      }
      client.reconnect(Optional.of(new Cursor(StreamBench.EPOCH, 1)));
      assertThat(firstRegistryPush(client).full()).isTrue();
      client.reconnect(Optional.of(new Cursor(StreamBench.EPOCH, 2)));
      assertThat(firstRegistryPush(client).full()).isFalse();
    }
  }

  private static RegistryPush firstRegistryPush(Client client) {
    Optional<Push> push = client.stream.next();
    while (push.isPresent()) {
      if (push.get() instanceof RegistryPush update) {
        return update;
      }
      push = client.stream.next();
    }
    throw new AssertionError("no registry update");
  }

  @Test
  void slowNode_thatMissesMoreThanIsKept_getsEverythingAgain() throws Exception {
    try (var bench = new StreamBench(5)) {
      var slow = new Client(bench, bench.node(Map.of()));
      slow.pull();
      Subject subject = bench.subject();
      for (long number = 1; number <= 10_001; number++) {
        bench.registry.publish(
            new RegistryChange(
                number, subject.id(), List.of(bench.entry(subject, new NodeSelection.AnyNode()))));
      }
      RegistryPush push = firstRegistryPush(slow);
      assertThat(push.full()).isTrue();
      assertThat(push.registrations()).hasSize(1);
      assertThat(push.number()).isEqualTo(10_001);
    }
  }

  @Test
  void change_thatWasLoadedAlready_isNotPublishedAgain() {
    try (var bench = new StreamBench(6)) {
      Subject subject = bench.subject();
      RegistryEntry newer = bench.entry(subject, new NodeSelection.AnyNode());
      RegistryEntry older = bench.entry(subject, new NodeSelection.AnyNode());
      RegistrySnapshot loaded =
          RegistrySnapshot.empty(StreamBench.EPOCH, 0)
              .with(new RegistryChange(5, subject.id(), List.of(newer)));
      assertThat(bench.registry.replace(loaded)).isTrue();
      bench.registry.publish(new RegistryChange(4, subject.id(), List.of(older)));
      assertThat(bench.registry.current().number()).isEqualTo(5);
      assertThat(bench.registry.current().find(newer.id())).isPresent();
      // And the other way round: what was read before a newer change was published is too old.
      bench.registry.publish(new RegistryChange(6, subject.id(), List.of(older)));
      assertThat(bench.registry.replace(loaded)).isFalse();
      assertThat(bench.registry.current().number()).isEqualTo(6);
    }
  }

  @Test
  void nodesThatReconnectAllTheTime_whileChangesArePublished_missNothing() throws Exception {
    int changes = 3_000;
    try (var bench = new StreamBench(7)) {
      var clients =
          List.of(new Client(bench, bench.node(Map.of())), new Client(bench, bench.node(Map.of())));
      var published = new AtomicBoolean();
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<Boolean>> all = new ArrayList<>();
        for (Client client : clients) {
          all.add(threads.submit(() -> reconnectUntil(client, published)));
        }
        for (long number = 1; number <= changes; number++) {
          Subject subject = bench.subject();
          bench.registry.publish(
              new RegistryChange(
                  number,
                  subject.id(),
                  List.of(bench.entry(subject, new NodeSelection.AnyNode()))));
        }
        published.set(true);
        for (Future<Boolean> one : all) {
          assertThat(one.get()).isTrue();
        }
      }
      for (Client client : clients) {
        client.pull();
        assertThat(client.known).hasSize(changes);
      }
    }
  }

  private static boolean reconnectUntil(Client client, AtomicBoolean published)
      throws ServerException {
    while (!published.get()) {
      client.pull();
      client.reconnect(client.cursor);
    }
    return true;
  }

  @Test
  void stream_thatIsReplacedWhileItOpens_doesNotBecomeTheNodes() {
    try (var bench = new StreamBench(8)) {
      Node node = bench.node(Map.of());
      Id later = bench.samples.id();
      bench.store.beforeNextWrite(() -> {
        Registry.Start _ =
            bench.registry.attach(
                new NodeStream(
                    new NodeStream.Name(node.id(), later, later),
                    NodeSelectors.of(node),
                    bench.streams,
                    () -> {}),
                Optional.empty());
      });
      ServerException _ =
          Refusals.refused(
              ServerException.Kind.STALE,
              "stream of node %s: a newer one replaced it".formatted(node.id()),
              () -> bench.open(node, Optional.empty(), () -> {}));
      assertThat(
              bench
                  .store
                  .read(view -> view.nodes().find(node.id()))
                  .orElseThrow()
                  .presence()
                  .startId())
          .isEmpty();
    }
  }
}
