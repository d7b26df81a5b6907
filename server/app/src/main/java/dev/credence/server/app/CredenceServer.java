package dev.credence.server.app;

import dev.credence.attestors.join.ServerAddress;
import dev.credence.certs.SvidVerifier;
import dev.credence.certs.issue.AuthorityFolder;
import dev.credence.platform.config.DataFolder;
import dev.credence.server.core.AuthoritySetup;
import dev.credence.server.core.CoreSeams;
import dev.credence.server.core.CoreSettings;
import dev.credence.server.core.ServerCore;
import dev.credence.server.core.ServerException;
import dev.credence.server.core.Ticker;
import dev.credence.server.core.port.Store;
import dev.credence.server.core.port.StoreException;
import dev.credence.server.rpc.AdminAccess;
import dev.credence.server.rpc.RpcServices;
import dev.credence.server.store.StoreSettings;
import dev.credence.server.store.UnusableDatabaseException;
import dev.credence.transport.CallerSvid;
import dev.credence.transport.ClientAuthentication;
import dev.credence.transport.MutualTls;
import dev.credence.transport.NetworkServer;
import dev.credence.transport.ServerLimits;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running server. Read {@link #begin} from top to bottom: that is the order in which things
/// begin, and the reverse in which they end; a start that fails half-way ends what it began.
public final class CredenceServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CredenceServer.class);
  static final String PRODUCT = "credence-server";
  static final int DATA_FORMAT = 1;
  private static final Duration HEALTH_EVERY = Duration.ofSeconds(1);
  private static final Duration CALLS_MAY_FINISH = Duration.ofSeconds(5);

  private final ServerConfig config;
  private final Seams seams;
  private final Started started = new Started();
  private final HealthStatusManager health = new HealthStatusManager();
  private final AtomicReference<ServerAddress> publicAddress = new AtomicReference<>();

  private InetSocketAddress address = new InetSocketAddress(0);
  private Optional<InetSocketAddress> metricsAddress = Optional.empty();
  private Optional<InetSocketAddress> crlAddress = Optional.empty();

  private CredenceServer(ServerConfig config, Seams seams) {
    this.config = config;
    this.seams = seams;
  }

  /// Starts a server and returns when it serves.
  ///
  /// @throws StartException with a line for people; nothing is left running
  public static CredenceServer start(ServerConfig config, Seams seams) throws StartException {
    try {
      MutualTls.requireNoTickets();
    } catch (IllegalStateException e) {
      throw new StartException(StartProblem.of(e), e);
    }
    var server = new CredenceServer(config, seams);
    boolean serves = false;
    try {
      server.begin();
      serves = true;
      return server;
    } catch (IOException | UnusableDatabaseException | ServerException | StoreException e) {
      throw new StartException(StartProblem.of(e), e);
    } finally {
      if (!serves) {
        server.started.close();
      }
    }
  }

  private void begin() throws IOException, UnusableDatabaseException, ServerException {
    health.setStatus("", ServingStatus.NOT_SERVING);
    Kept kept = open();
    ServerCore core = core(kept);
    Edges edges = serve(core, kept.metrics);
    started.onStop(() -> stopServing(core, edges));
    watch(core);
    core.announce();
    sayWhere();
  }

  /// What is on its disk, or in its database.
  private record Kept(
      Store store, AuthoritySetup authorities, ServerMetrics metrics, SecureRandom random) {}

  private Kept open() throws IOException, UnusableDatabaseException {
    var random = new SecureRandom();
    DataFolder data = started.add(DataFolder.open(config.dataDir(), PRODUCT, DATA_FORMAT));
    var metrics = new ServerMetrics();
    Store store = started.add(openStore(metrics));
    return new Kept(store, authorities(data, random, store), metrics, random);
  }

  private ServerCore core(Kept kept) throws IOException, ServerException {
    var settings = settings().withAttestors(config.attestors().open(seams.clock(), kept.random));
    var coreSeams =
        new CoreSeams(
            seams.clock(),
            kept.random,
            seams.crypto(),
            Ticker.onDaemonThread("core-ticker"),
            kept.metrics,
            seams.boot());
    ServerCore core =
        started.add(ServerCore.open(kept.store, kept.authorities, settings, coreSeams));
    kept.metrics.countOnDemand(() -> runningExecutions(core));
    return core;
  }

  /// Where it is called.
  private record Edges(Server network, Server local) {}

  private Edges serve(ServerCore core, ServerMetrics metrics) throws IOException {
    var identity = new OwnTlsIdentity(core);
    var verifier = new SvidVerifier(seams.crypto());
    var callers = new CallerSvid(identity, verifier, seams.clock());
    RpcServices services = started.add(services(core, callers, metrics));
    ServerCredentials credentials =
        MutualTls.server(
            identity,
            verifier,
            seams.clock(),
            ClientAuthentication.OPTIONAL,
            services::refusedHandshake);
    Server network = listen(services, callers, credentials);
    Server local =
        started.add(new AdminListener(config.admin().socket(), admins())).start(services);
    metricsAddress =
        started.add(MetricsListener.start(config.network().metrics(), metrics)).address();
    crlAddress =
        started.add(CrlListener.start(config.network().crl(), core.revocationLists())).address();
    return new Edges(network, local);
  }

  private void watch(ServerCore core) {
    var pulse = new Pulse(core.care()::problem, System::nanoTime, this::tellHealth);
    started.add(Ticker.onDaemonThread("health")).every(HEALTH_EVERY, pulse::look);
    tellHealth(core.care().problem());
  }

  private void sayWhere() {
    log.atInfo()
        .addKeyValue("trust_domain", config.trustDomain().name())
        .addKeyValue("listen", text(address))
        .addKeyValue("admin", config.admin().socket())
        .addKeyValue("metrics", metricsAddress.map(CredenceServer::text).orElse("off"))
        .addKeyValue("crl", crlAddress.map(CredenceServer::text).orElse("off"))
        .log("serving");
  }

  private void tellHealth(Optional<String> problem) {
    health.setStatus("", problem.isEmpty() ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
  }

  private Store openStore(ServerMetrics metrics) throws UnusableDatabaseException {
    return config
        .storage()
        .open(
            StoreSettings.defaults(seams.fatal())
                .with(new BothListeners(metrics, seams.commits())));
  }

  private AuthoritySetup authorities(DataFolder data, SecureRandom random, Store store)
      throws IOException {
    var folder =
        new AuthorityFolder(data.path(), seams.crypto(), random, config.network().crlUrl());
    // A new one that nobody tells the nodes of would cut off every node without a word.
    if (folder.isMissing() && !mayBegin(store)) {
      throw new IOException(
          data.path()
              + ": authority.key and authority.pem are missing, though the database is in use and no"
              + " other server of it runs (expected: both restored from a backup, or the other"
              + " server started first, so that the nodes hear of a new one)");
    }
    ServerConfig.Rotation rotation = config.rotation();
    return new AuthoritySetup(
        folder, config.lifetimes().authority(), rotation.after(), rotation.distribute());
  }

  private boolean mayBegin(Store store) {
    boolean shared = config.storage() instanceof Storage.Postgresql;
    Instant now = store.clock().orElseGet(seams.clock()::instant);
    return store.read(view ->
        view.meta().trustDomain().isEmpty() || (shared && ServerCore.anotherRuns(view, now)));
  }

  private CoreSettings settings() throws IOException {
    ServerConfig.Lifetimes lives = config.lifetimes();
    return new CoreSettings(
        config.trustDomain(),
        config.dev(),
        new CoreSettings.Lifetimes(
            lives.agent(),
            lives.service(),
            lives.node(),
            CoreSettings.Lifetimes.standard().server()),
        CoreSettings.Limits.standard()
            .withNodeLease(lives.nodeLease())
            .withSubjectsPerOwner(config.admin().subjectsPerOwner()),
        publicAddress::get,
        OwnUser.place(admins()));
  }

  private RpcServices services(ServerCore core, CallerSvid callers, ServerMetrics metrics) {
    var users = new LocalUsers(Path.of("/etc/passwd"));
    var admins = new AdminAccess(admins(), process -> !core.queries().runningAs(process).isEmpty());
    List<BindableService> standard =
        List.of(health.getHealthService(), ProtoReflectionServiceV1.newInstance());
    return RpcServices.of(
        new RpcServices.Parts(core, callers, admins, users::name, Version.text(), metrics::pushed),
        standard);
  }

  private Set<Integer> admins() {
    return config.admin().uids().isEmpty() ? OwnUser.andRoot() : config.admin().uids();
  }

  private static long runningExecutions(ServerCore core) {
    try {
      return core.queries().runningExecutions();
    } catch (ServerException e) {
      return 0; // the database cannot be read; other metrics and the log say so
    }
  }

  private Server listen(RpcServices services, CallerSvid callers, ServerCredentials credentials)
      throws IOException {
    InetSocketAddress wanted = StartProblem.resolve("listen", config.network().listen());
    NetworkServer listener =
        started.add(
            new NetworkServer(
                wanted,
                credentials,
                ServerLimits.network(config.lifetimes().node().dividedBy(4)),
                NetworkServer.Connections.standard()));
    services.addTo(listener.builder().addTransportFilter(callers));
    Server server;
    try {
      server = listener.start();
    } catch (IOException e) {
      throw StartProblem.bind("listen", wanted, e);
    }
    started.onStop(server::shutdownNow);
    address = (InetSocketAddress) server.getListenSockets().getFirst();
    InetSocketAddress told = config.network().publicAddress().orElse(config.network().listen());
    publicAddress.set(
        new ServerAddress(
            told.getHostString(), told.getPort() == 0 ? address.getPort() : told.getPort()));
    return server;
  }

  private void stopServing(ServerCore core, Edges edges) throws InterruptedException {
    log.atInfo().log("stopping");
    health.enterTerminalState();
    edges.network.shutdown();
    edges.local.shutdown();
    core.beginStop(); // now that no stream begins any more, every one is told
    long deadline = System.nanoTime() + CALLS_MAY_FINISH.toNanos();
    for (Server server : List.of(edges.network, edges.local)) {
      long left = Math.max(0, deadline - System.nanoTime());
      if (!server.awaitTermination(left, TimeUnit.NANOSECONDS)) {
        server.shutdownNow();
      }
    }
  }

  /// Where nodes connect: the address it is bound to.
  public InetSocketAddress address() {
    return address;
  }

  /// The administrator's socket.
  public Path adminSocket() {
    return config.admin().socket();
  }

  /// Where metrics are; empty: off.
  public Optional<InetSocketAddress> metricsAddress() {
    return metricsAddress;
  }

  /// Where the certificate revocation lists are; empty: off.
  public Optional<InetSocketAddress> crlAddress() {
    return crlAddress;
  }

  static String text(InetSocketAddress address) {
    String host =
        address.getAddress() == null
            ? address.getHostString()
            : address.getAddress().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  /// Ends in order: streams with UNAVAILABLE, open calls get 5 seconds, then everything else.
  /// Idempotent.
  @Override
  public void close() {
    started.close();
  }
}
