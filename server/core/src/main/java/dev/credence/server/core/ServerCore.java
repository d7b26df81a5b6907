package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.certs.TrustDomain;
import dev.credence.certs.issue.Authority;
import dev.credence.certs.issue.CsrChecker;
import dev.credence.server.core.Push.Cause;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.Bar;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.model.Node;
import dev.credence.server.core.port.Store;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The server without its edges: all use cases, put together over a store and an authority, which
/// stay their opener's to close. Read the constructor from top to bottom to see what rests on what.
/// Thread-safe.
public final class ServerCore implements AutoCloseable {
  private final CoreSettings settings;
  private final Ticker ticker;
  private final Availability availability;
  private final Database database;
  private final Registry registry;
  private final EventFeed events;
  private final RefusalLog refusals;
  private final Trust trust;
  private final NodeStreams nodeStreams;
  private final RunningCounts runningCounts = new RunningCounts();
  private final RevocationLists revocationLists;
  private final ServerPresence presence;
  private final ServerIdentity identity;
  private final UseCases useCases;
  private final Optional<ForeignCommits> foreign;
  private final AuthorityCases authorities;
  private final Life life;
  private final Care care;
  private final Administration administration;

  private record UseCases(
      CreateOwner createOwner,
      CreateSubject createSubject,
      CreateJoinToken createJoinToken,
      Nodes nodes,
      Executions executions,
      RecordRefusedCall recordRefusedCall,
      Queries queries) {
    record Nodes(AttestNode attest, RenewNode renew, RecordRefusals recordRefusals) {}

    record Executions(
        OpenExecution open, RenewExecution renew, IssueJwtSvid jwt, EndExecution end, Ends ends) {}

    record Ends(RevokeExecution revoke, LiftBar unbar, DecideNode decideNode) {}
  }

  private ServerCore(Store store, AuthoritySetup setup, CoreSettings settings, CoreSeams seams)
      throws ServerException {
    this.settings = settings;
    this.ticker = seams.ticker();
    // What is published from memory equals what is read from the database: both keep milliseconds.
    Clock clock = Clock.tick(seams.clock(), Duration.ofMillis(1));

    // State in memory, and how it is loaded again.
    var streams = new StreamIndex(seams.metrics());
    var hint = new ForeignCommits.Hint();
    boolean shared = store.follow(hint::give);
    this.registry =
        new Registry(
            store.read(RegistrySnapshot::load),
            streams,
            seams.metrics(),
            shared ? Optional.of(hint::give) : Optional.empty());
    this.events = new EventFeed(store.read(view -> view.events().last()), seams.metrics());
    // What others commit from here on is followed, whatever this server commits meanwhile.
    long seen = events.last();
    this.availability = new Availability(() -> reload(store));

    // What every write goes through.
    var guard =
        new ClockGuard(
            clock,
            seams.boot(),
            store.read(view -> view.meta().highestTime()),
            store.clock().isPresent());
    this.database = new Database(store, availability, clock, guard);
    var journal = new Journal(events::committed);
    this.refusals = new RefusalLog(database, journal, seams.metrics());
    var plumbing =
        new Plumbing(database, new RepeatableWrites(database), journal, refusals, seams.random());
    // What is written although the clock is not believed: that it is not, that the server is there
    // and says so, and what ends something: whoever moves the clock must not protect anything by
    // it.
    Database despite = database.despiteClock();
    var despiteClock =
        new Plumbing(despite, new RepeatableWrites(despite), journal, refusals, seams.random());
    this.care = new Care(plumbing, despiteClock, guard, store);
    care.look();
    var own =
        OwnAuthorities.open(
            setup, settings.trustDomain(), clock, store.read(view -> view.authorities().all()));
    this.presence = new ServerPresence(own.server(), plumbing.newId(), shared);
    boolean _ = despite.write(tx -> begin(tx, own, despiteClock));

    // Issuance.
    this.trust = own.trust(store.read(view -> view.authorities().all()), streams);
    boolean _ = database.read(this::reloaded);
    this.revocationLists = new RevocationLists(despite, trust::held);
    var issuer = new Issuer(new CsrChecker(seams.crypto()), trust, clock, seams.metrics());
    this.identity = new ServerIdentity(despiteClock, settings, issuer, seams.crypto());

    // Use cases.
    var executionEnd = new ExecutionEnd(despiteClock, runningCounts);
    var rates = new NodeRates(settings.limits(), clock);
    var returns = new NodeRates(new NodeRates.Rate(1, 20, "returns with an expired SVID"), clock);
    var streamRates = new StreamRates(database, clock);
    var news = new NodeNews(streams);
    var forcedEnd = new ForcedEnd(despite, executionEnd, news);
    var shutOut = new NodeShutOut(despiteClock, forcedEnd, news);
    var copies = new NodeCopies(plumbing, shutOut);
    var leases =
        new NodeLeases(
            plumbing, executionEnd, settings.limits().nodeLease(), news::lapsed, presence);
    leases.begin(store.read(view -> view.nodes().all().stream().map(Node::id).toList()));
    this.nodeStreams =
        new NodeStreams(
            plumbing,
            registry,
            streams,
            trust,
            new NodeStreams.Keeping(executionEnd, leases, copies, streamRates, presence));
    var barring = new Barring(despiteClock, news);
    var looking = new Looking(database, refusals, new Actor.Server());
    var queries = new Queries(looking, database, settings, new Queries.Feeds(nodeStreams, events));
    this.administration =
        new Administration(
            new EnrollAdministrator(plumbing, settings, trust),
            new AdministratorCertificates(plumbing, settings, issuer),
            new ChangeAdministrators(despiteClock, settings),
            settings,
            looking);
    this.useCases =
        new UseCases(
            new CreateOwner(plumbing),
            new CreateSubject(plumbing, settings, registry),
            new CreateJoinToken(plumbing, settings, trust, presence),
            new UseCases.Nodes(
                new AttestNode(plumbing, settings, issuer, forcedEnd),
                new RenewNode(
                    plumbing, settings, issuer, new RenewNode.Guards(rates, returns, copies)),
                new RecordRefusals(plumbing)),
            new UseCases.Executions(
                new OpenExecution(
                    plumbing, settings, nodeStreams, issuer, new NodeGuards(runningCounts, rates)),
                new RenewExecution(
                    plumbing,
                    settings,
                    nodeStreams,
                    issuer,
                    new RenewExecution.Ending(executionEnd, rates)),
                new IssueJwtSvid(
                    plumbing,
                    settings,
                    nodeStreams,
                    new JwtIssuer(trust, clock, seams.metrics()),
                    rates),
                new EndExecution(despiteClock, settings, news, executionEnd, rates),
                new UseCases.Ends(
                    new RevokeExecution(despiteClock, settings, barring, forcedEnd),
                    new LiftBar(plumbing, settings, barring),
                    new DecideNode(despiteClock, queries, shutOut))),
            new RecordRefusedCall(plumbing, seams.metrics()),
            queries);

    this.life =
        Life.of(
            plumbing,
            despiteClock,
            settings,
            registry,
            new SubjectWrites(plumbing, registry, forcedEnd));
    var authorityParts =
        new AuthorityParts(
            plumbing,
            trust,
            setup,
            identity,
            new Acknowledgements(presence, settings.limits().nodeLease()),
            presence);
    this.authorities = new AuthorityCases(authorityParts);
    var rotation = new AuthorityRotation(authorityParts, authorities, settings.lifetimes().node());
    rotation.begin();
    ticker.every(AuthorityRotation.CHECK_EVERY, rotation::run);
    ticker.every(AuthorityRotation.BEGIN_EVERY, rotation::begin);
    if (shared) {
      ticker.every(ServerPresence.BEAT_EVERY, () -> presence.beat(database, this::superseded));
      ticker.every(CrlExchange.CHECK_EVERY, new CrlExchange(database, trust, revocationLists)::run);
    }
    this.foreign =
        shared
            ? Optional.of(
                new ForeignCommits(
                        store,
                        registry,
                        events,
                        hint,
                        new Follow(store, news, authorityParts),
                        seen)
                    .start())
            : Optional.empty();
    ticker.every(ClockWatch.LOOK_EVERY, care::look);
    ticker.every(NodeLeases.LOOK_EVERY, leases::look);
    ticker.every(RefusalLog.WINDOW, refusals::flush);
    ticker.every(RefusalLog.WINDOW, rates::forgetFull);
    ticker.every(RefusalLog.WINDOW, returns::forgetFull);
    ticker.every(RefusalLog.WINDOW, streamRates::forgetFull);
    ticker.every(ServerIdentity.CHECK_EVERY, identity::renewIfDue);
  }

  /// Loads the state and begins, with an authority that is kept nowhere: for tests and
  /// measurements.
  ///
  /// @throws ServerException INVALID: the database is another trust domain's; UNAVAILABLE: it
  ///   cannot be written
  /// @throws dev.credence.server.core.port.StoreException the database cannot be read
  public static ServerCore open(
      Store store, Authority authority, CoreSettings settings, CoreSeams seams)
      throws ServerException {
    if (!authority.trustDomain().equals(settings.trustDomain())) {
      throw new ServerException(
          ServerException.Kind.INVALID,
          Texts.format(
              "authority of trust domain %s (expected: %s)",
              authority.trustDomain(), settings.trustDomain()));
    }
    return new ServerCore(
        store, AuthoritySetup.only(authority, seams.crypto(), seams.random()), settings, seams);
  }

  /// The same, with authorities that are kept and follow on each other.
  public static ServerCore open(
      Store store, AuthoritySetup authorities, CoreSettings settings, CoreSeams seams)
      throws ServerException {
    return new ServerCore(store, authorities, settings, seams);
  }

  /// True if a server of that database runs: it would tell the nodes of a new one's authority.
  public static boolean anotherRuns(View view, Clock clock) {
    return ServerPresence.anyRuns(view, clock.instant());
  }

  private boolean reloaded(View view) {
    trust.reload(view);
    return true;
  }

  private boolean begin(Transaction tx, OwnAuthorities own, Plumbing plumbing)
      throws ServerException {
    Optional<String> trustDomain = tx.meta().trustDomain();
    if (trustDomain.isEmpty()) {
      tx.meta().setTrustDomain(settings.trustDomain().name());
    } else if (!trustDomain.get().equals(settings.trustDomain().name())) {
      throw new ServerException(
          ServerException.Kind.INVALID,
          Texts.format(
              "database of trust domain %s (expected: %s, as configured)",
              trustDomain.get(), settings.trustDomain()));
    }
    var now = plumbing.database().now();
    presence.begin(tx, now);
    own.record(tx, plumbing.journal());
    plumbing
        .journal()
        .append(
            tx,
            Details.of("trust-domain", settings.trustDomain())
                .and("authority", own.active(tx))
                .and("server", own.server())
                .and("dev", settings.dev())
                .event(EventKind.SERVER_STARTED, new Actor.Server(), About.nothing()),
            now);
    return true;
  }

  /// Nodes can connect from now on: other servers tell them where.
  public void announce() {
    presence.announce(() -> settings.address().get().toString());
    presence.beat(database, this::superseded);
  }

  private void superseded() {
    availability.stop(
        "another server runs under this one's id (expected: a data_dir of its own for each server)");
    nodeStreams.endAll(Cause.STOPPING);
  }

  /// After a write of unknown outcome. Streams begin anew, since they may have missed something.
  private void reload(Store store) {
    while (!registry.replace(store.read(RegistrySnapshot::load))) {
      // Something newer was published while it was read.
    }
    boolean _ = store.read(this::reloaded);
    events.committed(store.read(view -> view.events().last()));
    runningCounts.forget();
    nodeStreams.endAll(Cause.RESTART);
  }

  /// What other servers on the same database did.
  private final class Follow implements ForeignCommits.Effects {
    private final Store store;
    private final NodeNews news;
    private final AuthorityParts authorityParts;

    Follow(Store store, NodeNews news, AuthorityParts authorityParts) {
      this.store = store;
      this.news = news;
      this.authorityParts = authorityParts;
    }

    @Override
    public void ended(Id node, Push.Ended execution) {
      news.ended(node, execution);
    }

    @Override
    public void shutOut(Id node) {
      news.shutOut(node);
    }

    @Override
    public void bars(Id node, List<Bar> inForce) {
      news.bars(node, inForce);
    }

    @Override
    public void somethingChanged(boolean authorities) {
      runningCounts.forget();
      if (authorities) {
        boolean _ = store.read(ServerCore.this::reloaded);
        authorityParts.follow();
      }
    }

    @Override
    public void reload() {
      ServerCore.this.reload(store);
    }
  }

  public TrustDomain trustDomain() {
    return settings.trustDomain();
  }

  public CoreSettings settings() {
    return settings;
  }

  /// The trust bundle and its pins.
  public Trust trust() {
    return trust;
  }

  /// Changes of authorities.
  public AuthorityCases authorities() {
    return authorities;
  }

  /// The server's own SVID, for its listeners.
  public ServerIdentity identity() {
    return identity;
  }

  /// The registry as nodes are told of it.
  public RegistrySnapshot registry() {
    return registry.current();
  }

  public NodeStreams nodeStreams() {
    return nodeStreams;
  }

  /// Of the server itself: how it stands, backup, clock.
  public Care care() {
    return care;
  }

  public CreateOwner createOwner() {
    return useCases.createOwner;
  }

  public CreateSubject createSubject() {
    return useCases.createSubject;
  }

  /// Changes of agents, services, owners and persons.
  public Life life() {
    return life;
  }

  /// Administrators on other machines.
  public Administration administration() {
    return administration;
  }

  public CreateJoinToken createJoinToken() {
    return useCases.createJoinToken;
  }

  public AttestNode attestNode() {
    return useCases.nodes.attest;
  }

  public RenewNode renewNode() {
    return useCases.nodes.renew;
  }

  public RecordRefusals recordRefusals() {
    return useCases.nodes.recordRefusals;
  }

  public OpenExecution openExecution() {
    return useCases.executions.open;
  }

  public RenewExecution renewExecution() {
    return useCases.executions.renew;
  }

  public IssueJwtSvid issueJwtSvid() {
    return useCases.executions.jwt;
  }

  public EndExecution endExecution() {
    return useCases.executions.end;
  }

  public RevokeExecution revokeExecution() {
    return useCases.executions.ends.revoke;
  }

  public LiftBar liftBar() {
    return useCases.executions.ends.unbar;
  }

  public DecideNode decideNode() {
    return useCases.executions.ends.decideNode;
  }

  /// What CRLs say.
  public RevocationLists revocationLists() {
    return revocationLists;
  }

  public RecordRefusedCall recordRefusedCall() {
    return useCases.recordRefusedCall;
  }

  public Queries queries() {
    return useCases.queries;
  }

  /// True if calls are answered. Tries to load the state again if that is what is missing.
  public boolean isAvailable() {
    try {
      availability.require();
      return true;
    } catch (ServerException e) {
      return false;
    }
  }

  /// Says goodbye: streams and followers are told that it is over, further calls still work, so
  /// that the transports can end in order. Idempotent.
  public void beginStop() {
    nodeStreams.endAll(Cause.STOPPING);
    events.all().forEach(EventFollower::end);
  }

  /// Writes what was only counted, then refuses every call. Store and authority stay open.
  /// Idempotent.
  @Override
  public void close() {
    beginStop();
    foreign.ifPresent(ForeignCommits::close);
    ticker.close();
    refusals.flush();
    presence.leave(database);
    availability.stop("the server is stopping");
  }
}
