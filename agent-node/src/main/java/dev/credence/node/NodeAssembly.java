package dev.credence.node;

import dev.credence.attestors.WorkloadAttestor;
import dev.credence.attestors.linux.HashLimits;
import dev.credence.attestors.linux.IsolationMeter;
import dev.credence.attestors.linux.UnixAttestor;
import dev.credence.certs.JwtVerifier;
import dev.credence.node.launch.LaunchAttestor;
import dev.credence.node.launch.LaunchTable;
import dev.credence.platform.config.DataFolder;
import dev.credence.platform.linux.BootClock;
import dev.credence.platform.linux.ExitWatch;
import dev.credence.platform.linux.OwnProcess;
import java.io.IOException;
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

/// The composition of one node, from top to bottom: what it starts is in its parts, in order. Used
/// once, by one thread.
final class NodeAssembly {
  private static final Logger LOG = LoggerFactory.getLogger(CredenceNode.class);
  private static final String PRODUCT = "credence-node";
  private static final int FORMAT_VERSION = 1;

  private final NodeConfig config;
  private final Seams seams;
  private final Dialer dialer;
  private final Lifecycle parts;
  private final Executor executor = CredenceNode.virtualThreads();
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
        new NodeFiles(parts.add(DataFolder.open(config.dataDir(), PRODUCT, FORMAT_VERSION)), seams);
    Optional<Invitation> invitation = invitation(token(files));
    Membership membership =
        new MembershipChoice(config.server()).choose(files, invitation.map(Invitation::membership));
    Attester attester = attester();
    Link link = link(membership);
    Hosting hosting = hosting(attester, link);
    ServerSync sync = sync(link, hosting, files);
    Socket socket = serve(link, hosting, sync);
    watch(hosting, sync);
    OwnRenewal renewal = renewal(link, sync, files);
    replanned.set(renewal::plan);
    evicted.set(parts.add(rejoining(files, link.turn, sync, renewal))::evicted);
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

  /// The way to the server, whichever it is at the moment.
  private record Link(ServerTurn turn, GrpcServerPort server, MeteredCalls calls) {}

  private Link link(Membership membership) {
    var turn = new ServerTurn(membership.servers());
    var server =
        parts.add(
            new GrpcServerPort(
                () -> dialer.withSvid(turn.current(), identity, trouble::serverRefused),
                turn::next,
                membership.trustDomain(),
                seams.random(),
                seams.clock()));
    return new Link(turn, server, new MeteredCalls(server, metrics));
  }

  /// Who is served, how that is found out, and what is told of their ends.
  private record Hosting(Attester attester, ProcessTable processes, EndReports ends) {}

  private Hosting hosting(Attester attester, Link link) throws IOException {
    var ends = new EndReports(link.calls, executor, seams);
    var issuance = new Issuance(link.calls, seams, authorities, unissued);
    var processes =
        new ProcessTable(
            new Evaluation(attester, knowledge, issuance, seams.clock(), metrics),
            ends,
            executor,
            seams,
            new ProcessTable.Watching(
                parts.add(ExitWatch.start(executor)), limits.processes(), launches::spoil));
    return new Hosting(attester, processes, ends);
  }

  private ServerSync sync(Link link, Hosting hosting, NodeFiles files) {
    var trust =
        new Reactions.TrustParts(authorities, parts.add(streams), () -> replanned.get().run());
    var reactions =
        new Reactions(
            hosting.processes,
            knowledge,
            identity,
            files,
            jwt,
            new Reactions.Turns(synchronised, () -> evicted.get().run()),
            trust);
    return parts.add(
        new ServerSync(
            link.server,
            knowledge,
            new Settlement(hosting.processes, hosting.ends),
            reactions,
            new ServerSync.Setting(Software.here(), executor, seams, trouble)));
  }

  /// The Workload API, and beside it the socket where programs are launched.
  private Socket serve(Link link, Hosting hosting, ServerSync sync) throws IOException {
    var users = RefusedUsers.ofHost();
    var refusals =
        new RefusalLog(seams.timers(), executor, some -> sync.refusals(users.named(some)));
    var callers = new Callers(hosting.processes, refusals, metrics, new CallerLog(seams.clock()));
    var tokens = new JwtTokens(link.calls, jwt, new JwtVerifier(seams.crypto()), seams);
    Socket socket = parts.add(socket(callers, hosting.attester, hosting.processes, tokens));
    NodeLaunches.of(config, seams)
        .open(new LaunchGate(knowledge, refusals, metrics), launches, parts);
    return socket;
  }

  /// Who is served is looked at again: at once where the kernel tells, and in intervals.
  private void watch(Hosting hosting, ServerSync sync) throws IOException {
    gauges(hosting.processes, hosting.ends, sync);
    var newcomers =
        new Newcomers(
            hosting.processes::serves,
            uid -> {
              isolation.newcomer(uid);
              hosting.processes.happenedBeside(uid);
            },
            seams.timers());
    KernelEvents kernel = parts.add(KernelEvents.start(seams.news(), hosting.processes, newcomers));
    metrics.gauge(
        "credence_node_process_events",
        "1 while the kernel tells the node of exec, tracing and changed ids at once",
        () -> kernel.isTold() ? 1 : 0);
    startTimers(hosting.processes);
    serveMetrics();
  }

  private OwnRenewal renewal(Link link, ServerSync sync, NodeFiles files) {
    return parts.add(
        new OwnRenewal(
            link.server,
            files,
            identity,
            executor,
            seams,
            new OwnRenewal.Following(authorities, trouble, sync::restart)));
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
        parts, new CredenceNode.Places(config.socket().path(), socket.tcp()), ready, metrics);
  }
}
