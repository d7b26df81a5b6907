package dev.credence.node;

import dev.credence.attestors.WorkloadAttestor;
import dev.credence.attestors.linux.HashLimits;
import dev.credence.attestors.linux.IsolationMeter;
import dev.credence.attestors.linux.UnixAttestor;
import dev.credence.certs.JwtVerifier;
import dev.credence.certs.SvidVerifier;
import dev.credence.node.launch.LaunchAttestor;
import dev.credence.node.launch.LaunchTable;
import dev.credence.platform.config.DataFolder;
import dev.credence.platform.linux.BootClock;
import dev.credence.platform.linux.ExitWatch;
import dev.credence.platform.linux.OwnProcess;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running node. Everything is put together here, from top to bottom; a start that fails undoes
/// what it did. Thread-safe.
public final class CredenceNode implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CredenceNode.class);
  private static final String PRODUCT = "credence-node";
  private static final int FORMAT_VERSION = 1;

  private final Lifecycle parts;
  private final Places places;
  private final CompletableFuture<Void> ready;
  private final NodeMetrics metrics;

  /// Where the Workload API answers.
  private record Places(Path socket, Optional<InetSocketAddress> tcp) {}

  private CredenceNode(
      Lifecycle parts, Places places, CompletableFuture<Void> ready, NodeMetrics metrics) {
    this.parts = parts;
    this.places = places;
    this.ready = ready;
    this.metrics = metrics;
  }

  /// Starts a node: its socket answers when this returns, at first with UNAVAILABLE. Joining and
  /// synchronising go on in the background; see {@link #ready}.
  ///
  /// @throws StartException with a line for people
  public static CredenceNode start(NodeConfig config, Seams seams) throws StartException {
    Executor executor = virtualThreads();
    var verifier = new SvidVerifier(seams.crypto());
    return start(config, seams, new TlsDialer(verifier, seams.clock(), executor));
  }

  static CredenceNode start(NodeConfig config, Seams seams, Dialer dialer) throws StartException {
    var parts = new Lifecycle();
    try {
      return new NodeAssembly(config, seams, dialer, parts).start();
    } catch (StartException | IOException | RuntimeException e) {
      closeAfter(e, parts);
      throw e instanceof StartException known
          ? known
          : new StartException(String.valueOf(e.getMessage()), e);
    }
  }

  private static void closeAfter(Exception failure, Lifecycle parts) {
    try {
      parts.close();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  /// Threads cost nothing here; what is scarce is limited where it is used.
  static Executor virtualThreads() {
    return Thread.ofVirtual().name("node-", 0)::start;
  }

  /// Completes once the node has its SVID, has synchronised, and answers; completes with a
  /// StartException if it never will.
  public CompletableFuture<Void> ready() {
    return ready.copy();
  }

  /// Where the Workload API answers.
  public Path socket() {
    return places.socket();
  }

  /// Where it answers on TCP as well; empty: nowhere.
  public Optional<InetSocketAddress> tcp() {
    return places.tcp();
  }

  /// What is counted.
  PrometheusRegistry metrics() {
    return metrics.registry();
  }

  /// Ends all streams with UNAVAILABLE and stops. Executions go on: the next start takes them up.
  @Override
  public synchronized void close() {
    parts.close();
  }

  /// The composition of one node.
  private static final class NodeAssembly {
    private final NodeConfig config;
    private final Seams seams;
    private final Dialer dialer;
    private final Lifecycle parts;
    private final Executor executor = virtualThreads();
    private final NodeMetrics metrics = new NodeMetrics();
    private final NodeIdentity identity = new NodeIdentity();
    private final NodeTrouble trouble;
    private final Knowledge knowledge = new Knowledge();
    private final JwtTrust jwt = new JwtTrust();
    private final LaunchTable launches;
    private final IsolationMeter isolation;
    private final CompletableFuture<Void> synchronised = new CompletableFuture<>();
    private Limits limits;
    private final SoundAuthorities authorities;
    private final OpenStreams streams;
    private final Unissued unissued;
    private final AtomicReference<Runnable> replanned = new AtomicReference<>(() -> {});
    private final AtomicReference<Runnable> evicted = new AtomicReference<>(() -> {});

    NodeAssembly(NodeConfig config, Seams seams, Dialer dialer, Lifecycle parts) {
      this.config = config;
      this.seams = seams;
      this.dialer = dialer;
      this.parts = parts;
      this.launches = new LaunchTable(seams.clock());
      this.isolation = new IsolationMeter(BootClock.system()::nanos, launches::isInItsGroup);
      this.limits = config.limits();
      this.trouble = new NodeTrouble(identity, knowledge, seams.clock());
      this.unissued = new Unissued(seams.clock(), NodeAssembly::isRunning);
      this.authorities = new SoundAuthorities(seams.clock());
      this.streams = new OpenStreams(seams.timers());
    }

    CredenceNode start() throws StartException, IOException {
      limits = affordable();
      var files =
          new NodeFiles(
              parts.add(DataFolder.open(config.dataDir(), PRODUCT, FORMAT_VERSION)), seams);
      Optional<TokenFile> token = token(files);
      Optional<Invitation> invitation = invitation(token);
      Membership membership =
          new MembershipChoice(config.server())
              .choose(files, invitation.map(Invitation::membership));

      Attester attester = attester();
      var turn = new ServerTurn(membership.servers());
      var server =
          parts.add(
              new GrpcServerPort(
                  () -> dialer.withSvid(turn.current(), identity, trouble::serverRefused),
                  turn::next,
                  membership.trustDomain(),
                  seams.random(),
                  seams.clock()));
      var calls = new MeteredCalls(server, metrics);
      var ends = new EndReports(calls, executor, seams);
      var issuance = new Issuance(calls, seams, authorities, unissued);
      var processes =
          new ProcessTable(
              new Evaluation(attester, knowledge, issuance, seams.clock(), metrics),
              ends,
              executor,
              seams,
              new ProcessTable.Watching(
                  parts.add(ExitWatch.start(executor)), limits.processes(), launches::spoil));
      var sync =
          parts.add(
              new ServerSync(
                  server,
                  knowledge,
                  new Settlement(processes, ends),
                  new Reactions(
                      processes,
                      knowledge,
                      identity,
                      files,
                      jwt,
                      new Reactions.Turns(synchronised, () -> evicted.get().run()),
                      new Reactions.TrustParts(
                          authorities, parts.add(streams), () -> replanned.get().run())),
                  new ServerSync.Setting(Software.here(), executor, seams, trouble)));
      var users = RefusedUsers.ofHost();
      var refusals =
          new RefusalLog(seams.timers(), executor, some -> sync.refusals(users.named(some)));
      var callers = new Callers(processes, refusals, metrics, new CallerLog(seams.clock()));
      var tokens = new JwtTokens(calls, jwt, new JwtVerifier(seams.crypto()), seams);
      Socket socket = parts.add(socket(callers, attester, processes, tokens));
      NodeLaunches.of(config, seams)
          .open(new LaunchGate(knowledge, refusals, metrics), launches, parts);
      gauges(processes, ends, sync);
      KernelEvents kernel =
          parts.add(
              KernelEvents.start(
                  seams.news(),
                  processes,
                  new Newcomers(
                      processes::serves,
                      uid -> {
                        isolation.newcomer(uid);
                        processes.happenedBeside(uid);
                      },
                      seams.timers())));
      metrics.gauge(
          "credence_node_process_events",
          "1 while the kernel tells the node of exec, tracing and changed ids at once",
          () -> kernel.isTold() ? 1 : 0);
      startTimers(processes);
      serveMetrics();
      var renewal =
          parts.add(
              new OwnRenewal(
                  server,
                  files,
                  identity,
                  executor,
                  seams,
                  new OwnRenewal.Following(authorities, trouble, sync::restart)));
      replanned.set(renewal::plan);
      evicted.set(parts.add(rejoining(files, turn, sync, renewal))::evicted);
      return join(
          joining(files),
          membership,
          invitation,
          () -> {
            sync.start();
            renewal.plan();
          },
          socket);
    }

    private Joining joining(NodeFiles files) {
      return new Joining(
          new Joining.Place(
              files, identity, why -> knowledge.serverAway(seams.clock().instant(), why)),
          dialer,
          executor,
          seams);
    }

    /// Of what was known as the evicted node nothing stays.
    private Rejoining rejoining(
        NodeFiles files, ServerTurn turn, ServerSync sync, OwnRenewal renewal) {
      return new Rejoining(
          config.server(),
          files,
          new Rejoining.Attempts(() -> joining(files), executor),
          trouble,
          membership -> {
            knowledge.forgetAll();
            turn.become(membership.servers());
            renewal.plan();
            sync.restart();
          });
    }

    private static boolean isRunning(int pid) {
      return Files.exists(Path.of("/proc", Integer.toString(pid)));
    }

    private Limits affordable() throws IOException {
      long descriptors = OwnProcess.mostDescriptors();
      Limits affordable = config.limits().within(descriptors);
      if (!affordable.equals(config.limits())) {
        LOG.atWarn()
            .addKeyValue("descriptors", descriptors)
            .addKeyValue("connections", affordable.connections().total())
            .addKeyValue("processes", affordable.processes().total())
            .log("limits cut down to what the open files limit (ulimit -n) allows");
      }
      return affordable;
    }

    private Optional<TokenFile> token(NodeFiles files) throws StartException, IOException {
      Optional<Path> file = config.server().joinTokenFile();
      Optional<TokenFile> found = file.isPresent() ? TokenFile.read(file.get()) : Optional.empty();
      if (found.isPresent() && files.hasJoinedWith(found.get().digest())) {
        found.get().forget();
        return Optional.empty();
      }
      return found;
    }

    /// A token that somebody put there is what he wants; otherwise the machine's certificate.
    private Optional<Invitation> invitation(Optional<TokenFile> token) throws StartException {
      NodeConfig.Server server = config.server();
      if (token.isPresent() || server.x509pop().isEmpty()) {
        return token.map(Invitation::of);
      }
      var membership = new Membership(server.trustDomain().orElseThrow(), server.servers());
      return Optional.of(Invitation.of(server.x509pop().get(), membership, seams));
    }

    private Attester attester() throws IOException, StartException {
      var unix = parts.add(UnixAttestor.open(seams.crypto(), seams.clock(), HashLimits.usual()));
      var attestors = new ArrayList<WorkloadAttestor>(List.of(unix, unix.process()));
      attestors.addAll(LaunchAttestor.over(launches));
      attestors.addAll(AttachAttestors.open(config.attach(), parts));
      return new Attester(attestors, isolation::measure, launches::spoil);
    }

    private Socket socket(
        Callers callers, Attester attester, ProcessTable processes, JwtTokens tokens)
        throws IOException {
      var explainer =
          new Explainer(attester, knowledge, processes, new Explainer.Reasons(trouble, unissued));
      return Socket.open(
          config,
          limits.connections(),
          new Socket.Guards(
              new CallerContext(callers::connectionClosed),
              new HeaderCheck(caller ->
                  callers.refused(caller, RefusalReason.MISSING_HEADER, "workload.spiffe.io")),
              new StreamLimits(
                  limits.streams(),
                  caller -> callers.refused(caller, RefusalReason.LIMIT, "open calls"))),
          new Socket.Services(
              new WorkloadApi(
                  callers,
                  new WorkloadMessages(identity::bundle),
                  new JwtProfile(
                      callers,
                      tokens,
                      new JwtValidation(jwt, new JwtVerifier(seams.crypto()), seams.clock()),
                      jwt,
                      executor),
                  streams,
                  executor),
              new LocalApi(explainer, callers, executor)),
          processes);
    }

    private void gauges(ProcessTable processes, EndReports ends, ServerSync sync) {
      metrics.gauge(
          "credence_node_processes",
          "Processes with a running execution or an open call",
          processes::size);
      metrics.gauge(
          "credence_node_unreported_ends",
          "Ends of executions that the server does not know yet",
          ends::size);
      metrics.gauge(
          "credence_node_connected", "1 while the server is reached", () -> sync.isUp() ? 1 : 0);
      metrics.gauge(
          "credence_node_registrations",
          "Registrations that are meant for this node",
          () -> knowledge.registry().map(known -> known.registrations().size()).orElse(0));
    }

    private void startTimers(ProcessTable processes) {
      var rechecks =
          parts.add(new Rechecks(seams.timers(), config.recheckInterval(), processes, unissued));
      rechecks.plan();
    }

    private void serveMetrics() throws IOException {
      if (config.metrics().isPresent()) {
        parts.add(MetricsEndpoint.open(config.metrics().get(), metrics));
      }
    }

    private CredenceNode join(
        Joining joining,
        Membership membership,
        Optional<Invitation> invitation,
        Runnable onJoined,
        Socket socket)
        throws StartException {
      parts.add((AutoCloseable) joining::stop);
      CompletableFuture<Void> ready =
          joining
              .join(membership, invitation)
              .thenCompose(joined -> {
                onJoined.run();
                return synchronised;
              })
              .thenRun(() -> {
                socket.serving();
                LOG.atInfo().addKeyValue("socket", config.socket().path()).log("ready");
              });
      return new CredenceNode(
          parts, new Places(config.socket().path(), socket.tcp()), ready, metrics);
    }
  }
}
