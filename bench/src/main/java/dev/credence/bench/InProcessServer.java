package dev.credence.bench;

import dev.credence.attestors.Evidence;
import dev.credence.attestors.Selector;
import dev.credence.attestors.join.ServerAddress;
import dev.credence.certs.CertificateRequest;
import dev.credence.certs.CodeAssurance;
import dev.credence.certs.Id;
import dev.credence.certs.Isolation;
import dev.credence.certs.PrivateKeys;
import dev.credence.certs.TrustDomain;
import dev.credence.certs.issue.Authority;
import dev.credence.server.core.AttestNode;
import dev.credence.server.core.CoreMetrics;
import dev.credence.server.core.CoreSeams;
import dev.credence.server.core.CoreSettings;
import dev.credence.server.core.CreateJoinToken;
import dev.credence.server.core.CreateOwner;
import dev.credence.server.core.CreateSubject;
import dev.credence.server.core.IssueJwtSvid;
import dev.credence.server.core.NodeStream;
import dev.credence.server.core.OpenExecution;
import dev.credence.server.core.RawSelector;
import dev.credence.server.core.ServerCore;
import dev.credence.server.core.StreamHello;
import dev.credence.server.core.SubjectView;
import dev.credence.server.core.Ticker;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.Attestation;
import dev.credence.server.core.model.Governance;
import dev.credence.server.core.model.ProcessSeen;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.model.SubjectKind;
import dev.credence.server.store.SqliteStore;
import dev.credence.server.store.StoreSettings;
import java.nio.file.Path;
import java.security.Provider;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/// The server's core on a real database, with one agent and one connected node. Thread-safe.
final class InProcessServer implements AutoCloseable {

  // All run on one node here, which a node could not do: it is limited.
  private static final int MOST_EXECUTIONS = 1_000_000;
  private static final String UID = "4000000";
  private static final Actor ADMINISTRATOR = new Actor.LocalUid(0);

  private final SqliteStore store;
  private final Authority authority;
  private final ServerCore core;
  private final Id node;
  private final Id startId;
  private final NodeStream stream;
  private final SubjectView agent;
  private final SecureRandom random = new SecureRandom();
  private final AtomicInteger pids = new AtomicInteger(100);

  private InProcessServer(SqliteStore store, Authority authority, ServerCore core, Provider crypto)
      throws Exception {
    this.store = store;
    this.authority = authority;
    this.core = core;
    this.startId = Id.random(random);
    this.agent = register();
    this.node = join(crypto);
    this.stream =
        core.nodeStreams()
            .open(node, new StreamHello(startId, Optional.empty(), "bench", "bench"), () -> {});
    stream.settle(Set.of());
  }

  static InProcessServer start(Path folder, Provider crypto) throws Exception {
    var random = new SecureRandom();
    var trustDomain = TrustDomain.parse("bench.example");
    var store =
        SqliteStore.open(folder.resolve("credence.db"), StoreSettings.defaults(failure -> {}));
    var authority =
        Authority.selfSigned(
            trustDomain, crypto, Clock.systemUTC().instant(), Duration.ofDays(30), random);
    var settings =
        new CoreSettings(
            trustDomain,
            true,
            CoreSettings.Lifetimes.standard(),
            new CoreSettings.Limits(MOST_EXECUTIONS),
            () -> ServerAddress.parse("127.0.0.1:1"));
    var seams =
        new CoreSeams(
            Clock.systemUTC(),
            random,
            crypto,
            Ticker.onDaemonThread("core-ticker"),
            CoreMetrics.none());
    var core = ServerCore.open(store, authority, settings, seams);
    return new InProcessServer(store, authority, core, crypto);
  }

  private SubjectView register() throws Exception {
    var owner =
        core.createOwner()
            .run(
                ADMINISTRATOR,
                request(),
                new CreateOwner.NewOwner("bench", "", "", "bench", "", ""));
    var match =
        new CreateSubject.Match(List.of(new RawSelector("unix", "uid", UID)), List.of(), true);
    var profile = new CreateSubject.Profile(Optional.empty(), List.of(), "", Optional.of(true));
    return core.createSubject()
        .run(
            ADMINISTRATOR,
            request(),
            new CreateSubject.NewSubject(
                SubjectKind.AGENT,
                owner.owner().name().value(),
                "agent",
                match,
                profile,
                Governance.none()));
  }

  private Id join(Provider crypto) throws Exception {
    var created =
        core.createJoinToken()
            .run(
                ADMINISTRATOR, request(), new CreateJoinToken.NewToken(Optional.empty(), Map.of()));
    var csr = CertificateRequest.create(PrivateKeys.generateP256(crypto, random), crypto);
    var attest = core.attestNode();
    return attested(attest, created.token().secret().reveal(), csr);
  }

  private Id attested(AttestNode attest, byte[] secret, byte[] csr) throws Exception {
    return attest
        .run(new Actor.Anonymous("127.0.0.1"), request(), "join_token", secret, csr)
        .node();
  }

  /// Opens an execution for a process that nobody has seen, and certifies the request's key.
  Id issue(byte[] csr) throws Exception {
    var registration = agent.registrations().getFirst();
    var asked =
        new OpenExecution.Asked(
            startId, registration.id(), agent.subject().revision(), attestation());
    var issued = core.openExecution().run(node, request(), asked, csr);
    if (issued.encoded().der().length == 0) {
      throw new IllegalStateException("nothing was issued");
    }
    return issued.execution();
  }

  /// A JWT-SVID for an execution.
  void token(Id execution) throws Exception {
    var asked =
        new IssueJwtSvid.Asked(
            startId, execution, List.of("spiffe://bench.example/service/a/b"), Optional.empty());
    if (core.issueJwtSvid().run(node, request(), asked).token().isEmpty()) {
      throw new IllegalStateException("nothing was issued");
    }
  }

  private Attestation attestation() {
    int pid = pids.getAndIncrement();
    var instance =
        new ProcessSeen.Instance(
            "3d8f0a52-4ac5-4d5c-9b2e-6f2d8f3f1a11", 4026531836L, pid % 4_000_000, 1_000_000L + pid);
    var mark =
        new ProcessSeen.Mark(
            instance,
            2049,
            4711,
            new ProcessSeen.Image(0x555555550000L, 0x7fffffff0000L, 0x7ffffffff000L));
    var evidence = Evidence.of(Selector.parse("unix:uid:" + UID), "SO_PEERCRED");
    return new Attestation(
        new ProcessSeen(mark, Integer.parseInt(UID), Integer.parseInt(UID), "/usr/bin/agent"),
        List.of(evidence),
        CodeAssurance.NONE,
        Isolation.SHARED_UID);
  }

  private RequestId request() {
    // As a node makes them.
    return new RequestId(Id.randomAt(Clock.systemUTC().instant(), random));
  }

  @Override
  public void close() {
    stream.close();
    core.close();
    authority.close();
    store.close();
  }
}
