package dev.credence.node;

import dev.credence.certs.Id;
import dev.credence.certs.JwtBundle;
import dev.credence.node.PointListener.Point;
import dev.credence.transport.Backoff;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// Keeps the node in step with its server: one stream, opened again whenever it breaks. What was
/// known stays in force meanwhile. Thread-safe.
final class ServerSync implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ServerSync.class);
  private static final Duration FIRST_RETRY = Duration.ofMillis(200);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(20);
  private static final Duration LEASE_EVERY = Duration.ofSeconds(30);
  private static final Duration LEASE_EVERY_AT_LEAST = Duration.ofSeconds(1);
  private static final Duration LEASE_EVERY_AT_MOST = Duration.ofMinutes(5);

  private final ServerPort server;
  private final Knowledge knowledge;
  private final Settlement settlement;
  private final Events events;
  private final Software software;
  private final Executor executor;
  private final Timers timers;
  private final Backoff backoff;
  private final NodeTrouble trouble;
  private final PointListener points;
  private final Clock clock;

  // Guarded by this object.
  private @Nullable Session session;
  private boolean stopped;

  /// What follows from what the server says.
  interface Events {
    /// The authorities of the trust domain, perhaps the same as before.
    ///
    /// @param everywhere to be called once they are kept, and every open stream was handed them
    void bundle(BundleNews bundle, Runnable everywhere);

    /// The JWT authorities of the trust domain, as they are now.
    ///
    /// @param tainted ids of those of them whose tokens are not handed out any more
    void jwtBundle(JwtBundle bundle, List<String> tainted);

    /// Registrations changed; the first time: the node has synchronised.
    void registryChanged();

    /// These agents and services are barred here, and no others.
    void bars(List<Bar> bars);

    /// An execution was ended by the server.
    void ended(Id execution, String reason);

    /// The server does not accept this node (any more): nothing that it holds is in force.
    void shutOut(String why);

    /// The stream is open and settled.
    void linkUp();
  }

  ServerSync(
      ServerPort server,
      Knowledge knowledge,
      Settlement settlement,
      Events events,
      Setting setting) {
    this.server = server;
    this.knowledge = knowledge;
    this.settlement = settlement;
    this.events = events;
    this.software = setting.software();
    this.executor = setting.executor();
    this.timers = setting.seams().timers();
    this.trouble = setting.trouble();
    this.points = setting.seams().points();
    this.clock = setting.seams().clock();
    this.backoff = new Backoff(FIRST_RETRY, LONGEST_RETRY, setting.seams().random());
  }

  /// Where it runs.
  ///
  /// @param trouble told of what keeps the node from its server
  record Setting(Software software, Executor executor, Seams seams, NodeTrouble trouble) {}

  /// What follows on a stream that broke.
  private enum Next {
    /// Soon, from where the node is.
    RESUME,
    /// At once, and the server is to send everything.
    EVERYTHING,
    /// From where the node is, but later: another stream of this node is open, and to replace it
    /// would make it replace this one in turn.
    MUCH_LATER,
    /// Soon, at the same server: its answer to a new stream says more than the end of the old one.
    ASK_WHY
  }

  /// Opens the stream; returns at once. With an SVID that is over only a renewal can help, which
  /// calls [#restart]; the stream is tried too, but seldom: it may be this node's clock that is
  /// wrong.
  void start() {
    if (trouble.hasExpired()) {
      var _ = timers.after(LONGEST_RETRY, () -> executor.execute(() -> connect(true)));
    } else {
      executor.execute(() -> connect(true));
    }
  }

  /// Opens a new stream on the newest connection, in the place of the old one.
  void restart() {
    synchronized (this) {
      if (session != null) {
        session.close();
        session = null;
      }
    }
    start();
  }

  /// Reports refused calls. False: the server can't be reached now.
  boolean refusals(List<Refusal> refusals) {
    Session current;
    synchronized (this) {
      current = session;
    }
    return current != null && current.refusals(refusals);
  }

  synchronized boolean isUp() {
    return session != null && session.settled;
  }

  @Override
  public synchronized void close() {
    stopped = true;
    if (session != null) {
      session.close();
      session = null;
    }
  }

  /// @param resume false: the server is to send everything
  private synchronized void connect(boolean resume) {
    if (stopped || session != null) {
      return;
    }
    // gRPC's own waiting between attempts would hide a server that is back.
    server.refresh();
    Optional<Cursor> cursor =
        resume ? knowledge.registry().map(Registry::cursor) : Optional.empty();
    var opened = new Session();
    session = opened;
    opened.open(new SyncOpening(cursor, software.hostName(), software.version()));
    points.reached(Point.STREAM_OPENED);
  }

  private void lost(Session which, String why, Next next) {
    Duration wait;
    boolean expired = trouble.hasExpired();
    synchronized (this) {
      if (stopped || session != which) {
        return;
      }
      session = null;
      wait =
          switch (next) {
            case RESUME -> expired ? LONGEST_RETRY : backoff.next();
            case EVERYTHING -> Duration.ZERO;
            case MUCH_LATER -> LONGEST_RETRY;
            case ASK_WHY -> backoff.next();
          };
    }
    if (next == Next.RESUME) {
      server.turnAway();
    }
    trouble.tell();
    LOG.atLevel(expired || knowledge.shutOut().isPresent() ? Level.DEBUG : Level.WARN)
        .addKeyValue("reason", why)
        .addKeyValue("retry_in_ms", wait.toMillis())
        .log(next == Next.MUCH_LATER || next == Next.ASK_WHY ? "stream ended" : notReached());
    boolean resume = next != Next.EVERYTHING;
    var _ = timers.after(wait, () -> executor.execute(() -> connect(resume)));
  }

  private String notReached() {
    return knowledge.shutOut().isPresent()
        ? "server not reached"
        : "server not reached; what is valid stays in force";
  }

  private synchronized void settledOnce() {
    backoff.reset();
  }

  /// One stream, from open to its end.
  private final class Session implements SyncListener {
    private volatile @Nullable SyncStream stream;
    private volatile boolean settled;
    private volatile Duration leaseEvery = LEASE_EVERY;

    void open(SyncOpening opening) {
      stream = server.sync(opening, this);
    }

    void close() {
      settled = false;
      SyncStream open = stream;
      if (open != null) {
        open.close();
      }
    }

    private void planLease() {
      var _ = timers.after(leaseEvery, () -> executor.execute(this::renewLease));
    }

    private void renewLease() {
      SyncStream open = stream;
      if (settled && open != null) {
        planLease();
        boolean _ = open.renewLease();
      }
    }

    boolean refusals(List<Refusal> refusals) {
      SyncStream open = stream;
      return settled && open != null && open.refusals(refusals);
    }

    @Override
    public void renewLeaseEvery(Duration pause) {
      // A server cannot make it a flood, nor a silence.
      boolean bearable =
          pause.compareTo(LEASE_EVERY_AT_LEAST) >= 0 && pause.compareTo(LEASE_EVERY_AT_MOST) <= 0;
      leaseEvery = bearable ? pause : LEASE_EVERY;
    }

    @Override
    public void welcome(SyncStream open, List<HostedByServer> hosted) {
      List<Id> running;
      points.reached(Point.WELCOMED);
      try {
        running = settlement.settle(hosted);
      } catch (UnsettledException e) {
        open.close();
        lost(this, String.valueOf(e.getMessage()), Next.RESUME);
        return;
      }
      LOG.atInfo()
          .addKeyValue("hosted", hosted.size())
          .addKeyValue("running", running.size())
          .log("server reached");
      synchronized (ServerSync.this) {
        if (session != this) {
          open.close(); // replaced while it settled
          return;
        }
        stream = open;
        open.settled(running);
        settled = true;
      }
      points.reached(Point.SETTLED);
      settledOnce();
      knowledge.serverReached();
      trouble.over();
      events.linkUp();
      planLease();
    }

    private boolean isCurrent() {
      synchronized (ServerSync.this) {
        return session == this && !stopped;
      }
    }

    private void notReached(String why) {
      if (isCurrent()) {
        knowledge.serverAway(clock.instant(), why);
      }
    }

    @Override
    public void registry(RegistryChange change) {
      try {
        knowledge.apply(change);
        points.reached(Point.CURSOR_MOVED);
        events.registryChanged();
      } catch (GapException e) {
        close();
        lost(this, e.getMessage() + "; asking for everything", Next.EVERYTHING);
      }
    }

    @Override
    public void bundle(BundleNews bundle) {
      SyncStream told = stream;
      events.bundle(
          bundle,
          () -> {
            if (told != null) {
              told.bundleAcknowledged(bundle.sequence());
            }
          });
    }

    @Override
    public void jwtBundle(JwtBundle bundle, List<String> tainted) {
      events.jwtBundle(bundle, tainted);
    }

    @Override
    public void bars(List<Bar> bars) {
      events.bars(bars);
    }

    @Override
    public void ended(Id execution, String reason) {
      events.ended(execution, reason);
    }

    @Override
    public void closed(String why) {
      settled = false;
      notReached(why);
      lost(this, why, Next.RESUME);
    }

    @Override
    public void shutOut(String why) {
      settled = false;
      if (!isCurrent()) {
        return; // of the node that this machine was before it joined anew, perhaps
      }
      knowledge.serverReached();
      boolean vague = ShutOut.of(why) == ShutOut.OTHER && knowledge.shutOut().isEmpty();
      trouble.notAccepted(why);
      events.shutOut(why);
      lost(this, why, vague ? Next.ASK_WHY : Next.MUCH_LATER);
    }

    @Override
    public void replaced(String why) {
      settled = false;
      lost(this, why, Next.MUCH_LATER);
    }
  }
}
