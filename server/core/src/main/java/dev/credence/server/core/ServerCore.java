package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.certs.TrustDomain;
import dev.credence.certs.issue.Authority;
import dev.credence.server.core.Push.Cause;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.Bar;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.port.Store;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The server without its edges: all use cases, put together over a store and an authority, which
/// stay their opener's to close. Read the constructor from top to bottom to see what rests on what.
/// Thread-safe.
public final class ServerCore implements AutoCloseable {
  private final Foundation base;
  private final Ticker ticker;
  private final Signing signing;
  private final ServerPresence presence;
  private final NodeCases nodes;
  private final ExecutionCases executions;
  private final CreateOwner createOwner;
  private final CreateSubject createSubject;
  private final CreateJoinToken createJoinToken;
  private final RecordRefusedCall recordRefusedCall;
  private final Queries queries;
  private final AuthorityCases authorities;
  private final Life life;
  private final Care care;
  private final Administration administration;
  private final Optional<ForeignCommits> foreign;

  private ServerCore(Store store, AuthoritySetup setup, CoreSettings settings, CoreSeams seams)
      throws ServerException {
    this.base = new Foundation(store, settings, seams, () -> reload(store));
    this.ticker = seams.ticker();
    Plumbing plumbing = base.plumbing;
    this.care = new Care(plumbing, base.despiteClock, base.guard, store);
    care.look();
    var own =
        OwnAuthorities.open(
            setup,
            settings.trustDomain(),
            base.clock,
            store.read(view -> view.authorities().all()));
    this.presence = new ServerPresence(own.server(), plumbing.newId(), base.shared);
    boolean _ = base.despiteClock.database().write(tx -> begin(tx, own));
    this.signing = Signing.of(base, store, own);

    this.nodes = new NodeCases(base, store, signing, presence);
    var looking = new Looking(base.database, base.refusals, new Actor.Server());
    this.queries =
        new Queries(
            looking, base.database, settings, new Queries.Feeds(nodes.streams, base.events));
    this.executions = ExecutionCases.of(base, signing, nodes, queries);
    this.createOwner = new CreateOwner(plumbing);
    this.createSubject = new CreateSubject(plumbing, settings, base.registry);
    this.createJoinToken = new CreateJoinToken(plumbing, settings, signing.trust(), presence);
    this.recordRefusedCall = new RecordRefusedCall(plumbing, seams.metrics());
    this.administration =
        new Administration(
            new EnrollAdministrator(plumbing, settings, signing.trust(), presence),
            new AdministratorCertificates(plumbing, settings, signing.x509()),
            new ChangeAdministrators(base.despiteClock, settings),
            settings,
            looking);
    this.life =
        Life.of(
            plumbing,
            base.despiteClock,
            settings,
            base.registry,
            new SubjectWrites(plumbing, base.registry, nodes.forcedEnd));
    var parts =
        new AuthorityParts(
            plumbing,
            signing.trust(),
            setup,
            signing.identity(),
            new Acknowledgements(presence, settings.limits().nodeLease()),
            presence);
    this.authorities = new AuthorityCases(parts);

    rotate(parts);
    this.foreign =
        base.shared ? Optional.of(follow(new Follow(store, nodes.news, parts))) : Optional.empty();
    ticker.every(ClockWatch.LOOK_EVERY, care::look);
    ticker.every(RefusalLog.WINDOW, base.refusals::flush);
    ticker.every(ServerIdentity.CHECK_EVERY, signing.identity()::renewIfDue);
    nodes.schedule(ticker);
  }

  private void rotate(AuthorityParts parts) {
    var rotation = new AuthorityRotation(parts, authorities, base.settings.lifetimes().node());
    rotation.begin();
    ticker.every(AuthorityRotation.CHECK_EVERY, rotation::run);
    ticker.every(AuthorityRotation.BEGIN_EVERY, rotation::begin);
  }

  private ForeignCommits follow(Follow effects) {
    ticker.every(ServerPresence.BEAT_EVERY, () -> presence.beat(base.database, this::superseded));
    ticker.every(
        CrlExchange.CHECK_EVERY,
        new CrlExchange(base.database, signing.trust(), signing.lists())::run);
    return new ForeignCommits(
            effects.store, base.registry, base.events, base.hint, effects, base.eventsSeen)
        .start();
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
  ///
  /// @param now by the database's clock
  public static boolean anotherRuns(View view, Instant now) {
    return ServerPresence.anyRuns(view, now);
  }

  private boolean begin(Transaction tx, OwnAuthorities own) throws ServerException {
    CoreSettings settings = base.settings;
    Plumbing plumbing = base.despiteClock;
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
    presence.announce(() -> base.settings.address().get().toString());
    presence.beat(base.database, this::superseded);
  }

  private void superseded() {
    base.availability.stop(
        "another server runs under this one's id (expected: a data_dir of its own for each server)");
    nodes.streams.endAll(Cause.STOPPING);
  }

  /// After a write of unknown outcome. Streams begin anew, since they may have missed something.
  private void reload(Store store) {
    while (!base.registry.replace(store.read(RegistrySnapshot::load))) {
      // Something newer was published while it was read.
    }
    boolean _ = store.read(signing.trust()::reloaded);
    base.events.committed(store.read(view -> view.events().last()));
    nodes.runningCounts.forget();
    nodes.streams.endAll(Cause.RESTART);
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
      nodes.runningCounts.forget();
      if (authorities) {
        boolean _ = store.read(signing.trust()::reloaded);
        authorityParts.follow();
      }
    }

    @Override
    public void reload() {
      ServerCore.this.reload(store);
    }
  }

  /// By which everything here is measured.
  public java.time.InstantSource clock() {
    return base.database::now;
  }

  public TrustDomain trustDomain() {
    return base.settings.trustDomain();
  }

  public CoreSettings settings() {
    return base.settings;
  }

  /// The trust bundle and its pins.
  public Trust trust() {
    return signing.trust();
  }

  /// Changes of authorities.
  public AuthorityCases authorities() {
    return authorities;
  }

  /// The server's own SVID, for its listeners.
  public ServerIdentity identity() {
    return signing.identity();
  }

  /// The registry as nodes are told of it.
  public RegistrySnapshot registry() {
    return base.registry.current();
  }

  public NodeStreams nodeStreams() {
    return nodes.streams;
  }

  /// Of the server itself: how it stands, backup, clock.
  public Care care() {
    return care;
  }

  public CreateOwner createOwner() {
    return createOwner;
  }

  public CreateSubject createSubject() {
    return createSubject;
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
    return createJoinToken;
  }

  public AttestNode attestNode() {
    return nodes.attest;
  }

  public RenewNode renewNode() {
    return nodes.renew;
  }

  public RecordRefusals recordRefusals() {
    return nodes.recordRefusals;
  }

  public OpenExecution openExecution() {
    return executions.open();
  }

  public RenewExecution renewExecution() {
    return executions.renew();
  }

  public IssueJwtSvid issueJwtSvid() {
    return executions.jwt();
  }

  public EndExecution endExecution() {
    return executions.end();
  }

  public RevokeExecution revokeExecution() {
    return executions.revoke();
  }

  public LiftBar liftBar() {
    return executions.unbar();
  }

  public DecideNode decideNode() {
    return executions.decideNode();
  }

  /// What CRLs say.
  public RevocationLists revocationLists() {
    return signing.lists();
  }

  public RecordRefusedCall recordRefusedCall() {
    return recordRefusedCall;
  }

  public Queries queries() {
    return queries;
  }

  /// True if calls are answered. Tries to load the state again if that is what is missing.
  public boolean isAvailable() {
    try {
      base.availability.require();
      return true;
    } catch (ServerException e) {
      return false;
    }
  }

  /// Says goodbye: streams and followers are told that it is over, further calls still work, so
  /// that the transports can end in order. Idempotent.
  public void beginStop() {
    nodes.streams.endAll(Cause.STOPPING);
    base.events.all().forEach(EventFollower::end);
  }

  /// Writes what was only counted, then refuses every call. Store and authority stay open.
  /// Idempotent.
  @Override
  public void close() {
    beginStop();
    foreign.ifPresent(ForeignCommits::close);
    ticker.close();
    base.refusals.flush();
    presence.leave(base.database);
    base.availability.stop("the server is stopping");
  }
}
