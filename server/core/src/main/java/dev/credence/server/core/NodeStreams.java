package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.Push.Cause;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.model.Node;
import dev.credence.server.core.model.Node.Presence;
import dev.credence.server.core.model.NodeLink;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The streams by which nodes stay in step, one per node. At each new one the server settles with
/// the node which executions go on. What was last heard of a node is written when its stream opens
/// and closes, and now and then in between. Thread-safe.
public final class NodeStreams {
  private static final int LONGEST_TEXT = 255;

  private final Database database;
  private final Plumbing plumbing;
  private final Registry registry;
  private final StreamIndex streams;
  private final Trust trust;
  private final ExecutionEnd executionEnd;
  private final NodeLeases leases;
  private final NodeCopies copies;
  private final StreamRates rates;
  private final ServerPresence presence;
  private final UnclosedLinks unclosed;
  private final Sightings sightings;

  NodeStreams(
      Plumbing plumbing, Registry registry, StreamIndex streams, Trust trust, Keeping keeping) {
    this.database = plumbing.database();
    this.plumbing = plumbing;
    this.registry = registry;
    this.streams = streams;
    this.trust = trust;
    this.executionEnd = keeping.executionEnd();
    this.leases = keeping.leases();
    this.copies = keeping.copies();
    this.rates = keeping.rates();
    this.presence = keeping.presence();
    this.unclosed = new UnclosedLinks(database, this::recordEnd);
    this.sightings = new Sightings(database, leases.noteEvery(), this::noteSeen);
  }

  /// What executions go on by, and end by, what bounds a node, and who else hears it.
  record Keeping(
      ExecutionEnd executionEnd,
      NodeLeases leases,
      NodeCopies copies,
      StreamRates rates,
      ServerPresence presence) {}

  /// Opens the node's stream; an older one of the same node is over.
  ///
  /// @param changed called by any thread, must be cheap: [NodeStream#next()] may have something
  public NodeStream open(Id node, StreamHello hello, Runnable changed) throws ServerException {
    return plumbing
        .refusals()
        .watch(
            new Actor.Node(node),
            "open-stream",
            About.node(node),
            () -> tryOpen(node, hello, changed));
  }

  private NodeStream tryOpen(Id id, StreamHello hello, Runnable changed) throws ServerException {
    rates.open(id, hello.startId());
    checkHello(hello);
    Node node = database.read(view -> admitted(view, id, hello));
    var name = new NodeStream.Name(id, hello.startId(), plumbing.newId());
    var stream = new NodeStream(name, NodeSelectors.of(node), this, changed);
    Registry.Start start = registry.attach(stream, hello.cursor());
    start.replaced().ifPresent(earlier -> earlier.end(Cause.REPLACED));
    stream.begin(start, hello.cursor().map(Cursor::number).orElse(0L), trust.bundle());
    boolean welcomed = false;
    try {
      stream.opened(
          database
              .write(tx -> welcome(tx, stream, hello))
              .orElseThrow(() -> CallingNode.suspended(id)));
      stream.noted(database.now());
      welcomed = true;
      return stream;
    } finally {
      if (!welcomed && streams.remove(stream)) {
        // The welcome may have been written although nobody knows.
        unclosed.close(id);
      }
    }
  }

  /// What is refused in the end must not end the stream of the node that it says it is.
  private Node admitted(View view, Id id, StreamHello hello) throws ServerException {
    Node node = CallingNode.active(view, id);
    if (hello.key().isPresent()) {
      copies.requireNotDecidedAgainst(view, node, hello.key().get());
    }
    return node;
  }

  private static void checkHello(StreamHello hello) throws ServerException {
    var problems = new Problems();
    problems.text("host name", hello.hostName(), LONGEST_TEXT);
    problems.text("software", hello.software(), LONGEST_TEXT);
    problems.throwIfAny();
  }

  /// @return empty: its data folder is in use twice, and it is suspended now
  private Optional<Welcome> welcome(Transaction tx, NodeStream stream, StreamHello hello)
      throws ServerException {
    Node node = CallingNode.active(tx, stream.node());
    requireNewest(stream);
    if ((hello.key().isPresent() && copies.comesWith(tx, node, hello.key().get()))
        || copies.opens(tx, node, hello.startId())
        || (hello.serial().isPresent() && copies.shows(tx, node, hello.serial().get()))) {
      return Optional.empty();
    }
    Instant now = database.now();
    boolean restarted = !node.presence().startId().equals(Optional.of(hello.startId()));
    tx.nodes().update(CallingNode.seen(node, presence(node, hello, now)));
    tx.servers().open(link(tx, stream, restarted));
    if (restarted) {
      plumbing
          .journal()
          .append(
              tx,
              Details.of("start-id", hello.startId())
                  .and("host-name", hello.hostName())
                  .and("software", hello.software())
                  .event(EventKind.NODE_STARTED, new Actor.Node(node.id()), About.node(node.id())),
              now);
    }
    stream.restarted(restarted);
    return Optional.of(
        new Welcome(
            node.id(),
            node.origin().labels(),
            hosted(tx, node.id()),
            tx.bars().inForceOn(node.id()),
            leases.renewEvery()));
  }

  /// What the node holds: not what goes on without its process.
  private static List<Execution> hosted(Transaction tx, Id node) {
    return tx.executions().runningOn(node).stream().filter(it -> !it.isDetached()).toList();
  }

  /// What a daemon acknowledged it keeps, also at another server; a new start may have less.
  private NodeLink link(Transaction tx, NodeStream stream, boolean restarted) {
    long acknowledged =
        restarted ? 0 : tx.servers().link(stream.node()).map(NodeLink::acknowledged).orElse(0L);
    return new NodeLink(stream.node(), stream.id(), presence.id(), true, acknowledged);
  }

  /// What was never sent cannot be acknowledged.
  void acknowledged(NodeStream stream, long sequence) throws ServerException {
    if (sequence <= trust.bundle().sequence()) {
      boolean _ =
          database.write(tx -> {
            tx.servers().acknowledged(stream.node(), stream.id(), sequence);
            return true;
          });
    }
  }

  private static Presence presence(Node node, StreamHello hello, Instant now) {
    return new Presence(
        Optional.of(hello.startId()),
        hello.hostName(),
        hello.software(),
        node.presence().svidNotAfter(),
        now);
  }

  // Of two streams that open at once, the one that was attached last is the node's.
  private void requireNewest(NodeStream stream) throws ServerException {
    if (!streams.of(stream.node()).equals(Optional.of(stream))) {
      throw new ServerException(
          Kind.STALE, Texts.format("stream of node %s: a newer one replaced it", stream.node()));
    }
  }

  void settle(NodeStream stream, Set<Id> running) throws ServerException {
    List<Id> gone =
        stream.welcome().hosted().stream()
            .map(Execution::id)
            .filter(id -> !running.contains(id))
            .toList();
    String reason = stream.isRestarted() ? "node-restarted" : "node-lost-track";
    database.write(tx -> {
      requireNewest(stream);
      Node node = CallingNode.opened(tx, stream.node(), stream.startId());
      if (copies.settles(tx, node, stream.startId())) {
        return 0;
      }
      for (Id id : gone) {
        executionEnd.processGone(
            tx, id, new ExecutionEnd.Why(new Actor.Node(stream.node()), reason, Optional.empty()));
      }
      return gone.size();
    });
    leases.heard(stream.node());
  }

  /// A message of the node, before anything is done for it.
  void arrived(NodeStream stream) throws ServerException {
    Id node = stream.node();
    boolean _ =
        plumbing
            .refusals()
            .watch(
                new Actor.Node(node),
                "stream-message",
                About.node(node),
                () -> {
                  rates.message(node);
                  return true;
                });
  }

  /// The node renews its lease.
  void heard(NodeStream stream) {
    leases.heard(stream.node());
    sightings.heard(stream);
  }

  void closed(NodeStream stream) {
    if (streams.remove(stream)) {
      unclosed.close(stream.node());
    }
  }

  /// Records what was heard, and the ends of streams that could not be recorded before. Run now and
  /// then.
  void look() {
    sightings.look();
    unclosed.look();
  }

  private void recordEnd(Transaction tx, Id node, Instant at) {
    Optional<Id> open = streams.of(node).map(NodeStream::id);
    tx.servers()
        .link(node)
        .filter(
            link -> link.server().equals(presence.id()) && !open.equals(Optional.of(link.stream())))
        .ifPresent(link -> tx.servers().close(node, link.stream()));
    boolean _ = noteSeen(tx, node, at);
  }

  private void noteSeen(Transaction tx, NodeStream stream, Instant at) {
    boolean moved =
        tx.servers()
            .link(stream.node())
            .filter(link -> !link.stream().equals(stream.id()))
            .isPresent();
    if (moved) {
      tx.afterCommit(() -> stream.end(Cause.REPLACED));
    }
    boolean _ = noteSeen(tx, stream.node(), at);
  }

  private boolean noteSeen(Transaction tx, Id id, Instant at) {
    Instant now = database.now();
    Instant seen = at.isAfter(now) ? now : at;
    Instant latest = now.plus(presence.clocksApart());
    Optional<Node> node = tx.nodes().find(id);
    // What is recorded late may be older than what another stream recorded since; but what lies
    // ahead is of a clock that was set back.
    node.filter(
            found -> {
              Instant before = found.presence().lastSeenAt();
              return before.isBefore(seen) || before.isAfter(latest);
            })
        .ifPresent(found -> tx.nodes().update(CallingNode.seenAt(found, seen)));
    return node.isPresent();
  }

  /// The server that the node has an open stream to, whichever it is.
  Optional<Id> serverOf(View view, Id node) {
    return isConnected(node)
        ? Optional.of(presence.id())
        : presence.serverOf(view, node, database.now()).filter(it -> !it.equals(presence.id()));
  }

  /// True while that node has an open stream to this server.
  public boolean isConnected(Id node) {
    return streams.of(node).isPresent();
  }

  /// True if the node has an open stream, and the registration is meant for what it said it is.
  boolean isMeantFor(RegistryEntry entry, Id node) {
    return streams
        .of(node)
        .filter(stream -> entry.registration().nodes().admits(stream.selectors().all()))
        .isPresent();
  }

  /// Passes unless the node opened a stream and has not yet settled.
  void requireSettled(Id node) throws ServerException {
    Optional<NodeStream> stream = streams.of(node);
    if (stream.isPresent() && !stream.get().isSettled()) {
      throw new ServerException(
          Kind.UNAVAILABLE,
          Texts.format(
              "node %s: its earlier executions are not settled yet (expected: settled on its stream"
                  + " first)",
              node));
    }
  }

  /// Ends all streams.
  void endAll(Cause cause) {
    streams.all().forEach(stream -> stream.end(cause));
  }

  long published() {
    return streams.published();
  }

  RegistrySnapshot registry() {
    return registry.current();
  }
}
