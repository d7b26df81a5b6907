package dev.credence.server.core;

import dev.credence.attestors.Selector;
import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import dev.credence.server.core.model.Node;
import dev.credence.server.core.model.NodeSelection;
import dev.credence.server.core.model.NodeState;
import dev.credence.server.core.model.Owner;
import dev.credence.server.core.model.Person;
import dev.credence.server.core.model.Registration;
import dev.credence.server.core.model.ServerRecord;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.testing.CoreWorld;
import dev.credence.server.core.testing.MemoryStore;
import dev.credence.server.core.testing.Samples;
import dev.credence.server.core.testing.TestClock;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A registry and its streams without use cases, so that a test can publish any change.
final class StreamBench implements AutoCloseable {
  static final Id EPOCH = new Id(1, 1);

  final MemoryStore store = new MemoryStore();
  final Samples samples;
  final StreamIndex index = new StreamIndex(CoreMetrics.none());
  final Registry registry =
      new Registry(RegistrySnapshot.empty(EPOCH, 0), index, CoreMetrics.none());
  final NodeStreams streams;
  private final Owner owner;

  StreamBench(long seed) {
    this.samples = new Samples(seed);
    Person person = samples.person();
    this.owner = samples.owner(person);
    var clock = new TestClock();
    var database =
        new Database(
            store,
            new Availability(() -> {}),
            clock,
            new ClockGuard(clock, CoreSeams.following(clock), java.util.Optional.empty(), false));
    var journal = new Journal(_ -> {});
    var plumbing =
        new Plumbing(
            database,
            new RepeatableWrites(database),
            journal,
            new RefusalLog(database, journal, CoreMetrics.none()),
            new SecureRandom());
    store.tamper(tx ->
        tx.servers()
            .begin(
                new ServerRecord(
                    new Id(1, 1), new Id(1, 2), "", clock.instant(), clock.instant())));
    this.streams =
        new NodeStreams(
            plumbing,
            registry,
            index,
            new Trust(CoreWorld.TRUST_DOMAIN, new Id(1, 1), index, clock::instant),
            keeping(plumbing, index));
  }

  /// An hour passes at each look, so that rates limit nobody.
  private static final class Hurrying extends java.time.Clock {
    private final java.util.concurrent.atomic.AtomicLong looks =
        new java.util.concurrent.atomic.AtomicLong();

    @Override
    public java.time.Instant instant() {
      return java.time.Instant.ofEpochSecond(3600 * looks.incrementAndGet());
    }

    @Override
    public java.time.ZoneId getZone() {
      return java.time.ZoneOffset.UTC;
    }

    @Override
    public java.time.Clock withZone(java.time.ZoneId zone) {
      return this;
    }
  }

  private static NodeStreams.Keeping keeping(Plumbing plumbing, StreamIndex index) {
    var news = new NodeNews(index);
    var end = new ExecutionEnd(plumbing, new RunningCounts());
    var shutOut = new NodeShutOut(plumbing, new ForcedEnd(plumbing.database(), end, news), news);
    var presence = new ServerPresence(new Id(1, 1), new Id(1, 2), false);
    return new NodeStreams.Keeping(
        end,
        new NodeLeases(plumbing, end, Duration.ofMinutes(5), news::lapsed, presence),
        new NodeCopies(plumbing, shutOut),
        new StreamRates(plumbing.database(), new Hurrying()),
        presence);
  }

  Node node(Map<String, String> labels) {
    var node =
        new Node(
            samples.id(),
            NodeState.ACTIVE,
            new Node.Origin("join_token", labels, samples.time()),
            Sha256.of(samples.id().bytes()),
            new Node.Presence(Optional.empty(), "", "", samples.time(), samples.time()));
    store.tamper(tx -> tx.nodes().insert(node));
    return node;
  }

  NodeStream open(Node node, Optional<Cursor> cursor, Runnable changed) throws ServerException {
    NodeStream stream =
        streams.open(node.id(), new StreamHello(samples.id(), cursor, "h", "s"), changed);
    stream.settle(Set.of());
    return stream;
  }

  Subject subject() {
    return samples.agent(owner);
  }

  RegistryEntry entry(Subject subject, NodeSelection nodes) {
    return new RegistryEntry(subject, samples.registration(subject, nodes));
  }

  static NodeSelection having(String... selectors) {
    return new NodeSelection.Having(
        Set.copyOf(List.of(selectors).stream().map(Selector::parse).toList()));
  }

  RegistryEntry entry(Subject subject, Registration registration) {
    return new RegistryEntry(subject, registration);
  }

  @Override
  public void close() {
    store.close();
  }
}
