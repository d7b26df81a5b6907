package dev.credence.server.core.testing;

import dev.credence.attestors.Assurance;
import dev.credence.attestors.Evidence;
import dev.credence.attestors.Selector;
import dev.credence.attestors.join.JoinToken;
import dev.credence.attestors.join.JoinTokenVerifier;
import dev.credence.attestors.join.ServerAddress;
import dev.credence.certs.CertificateRequest;
import dev.credence.certs.CodeAssurance;
import dev.credence.certs.Id;
import dev.credence.certs.Isolation;
import dev.credence.certs.PrivateKeys;
import dev.credence.certs.TrustDomain;
import dev.credence.certs.issue.AuthoritiesInMemory;
import dev.credence.certs.issue.Authority;
import dev.credence.server.core.AuthoritySetup;
import dev.credence.server.core.CoreMetrics;
import dev.credence.server.core.CoreSeams;
import dev.credence.server.core.CoreSettings;
import dev.credence.server.core.CreateJoinToken.NewToken;
import dev.credence.server.core.CreateOwner.NewOwner;
import dev.credence.server.core.CreateSubject.Match;
import dev.credence.server.core.CreateSubject.NewSubject;
import dev.credence.server.core.CreateSubject.Profile;
import dev.credence.server.core.EventView;
import dev.credence.server.core.NodeStream;
import dev.credence.server.core.OwnerView;
import dev.credence.server.core.Queries.EventQuery;
import dev.credence.server.core.RawSelector;
import dev.credence.server.core.ServerCore;
import dev.credence.server.core.ServerException;
import dev.credence.server.core.StreamHello;
import dev.credence.server.core.SubjectView;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.Attestation;
import dev.credence.server.core.model.Governance;
import dev.credence.server.core.model.ProcessSeen;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.model.SubjectKind;
import dev.credence.server.core.port.Store;
import java.security.KeyPair;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Security;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A whole core over a store, with an authority made by the JDK, a clock and a ticker that the test
/// moves, and short ways to do what stories begin with. Thread-safe.
public final class CoreWorld implements AutoCloseable {
  public static final TrustDomain TRUST_DOMAIN = TrustDomain.parse("example.org");
  public static final Actor.LocalUid ADMIN = new Actor.LocalUid(1000);
  public static final Actor.Anonymous STRANGER = new Actor.Anonymous("192.0.2.7:40001");
  private static final Provider CRYPTO = Security.getProvider("SunEC");

  public final TestClock clock;
  public final ManualTicker ticker = new ManualTicker();
  public final SecureRandom random = new SecureRandom();
  public final Authority authority;
  public final AuthoritySetup authorities;
  public final Store store;
  public final ServerCore core;

  /// How authorities follow on each other by age.
  public record Rotation(Duration life, Duration after, Duration distribute) {
    static final Rotation NEVER =
        new Rotation(Duration.ofDays(30), Duration.ofDays(36_500), Duration.ofDays(7));
  }

  private CoreWorld(Store store, CoreSettings settings) throws ServerException {
    this(store, settings, Rotation.NEVER);
  }

  private CoreWorld(Store store, CoreSettings settings, Rotation rotation) throws ServerException {
    this.store = store;
    // A store with a clock of its own is measured against.
    this.clock = new TestClock(store.clock().orElse(TestClock.START));
    this.authority =
        Authority.selfSigned(TRUST_DOMAIN, CRYPTO, clock.instant(), rotation.life, random);
    this.authorities =
        new AuthoritySetup(
            new AuthoritiesInMemory(authority, CRYPTO, random),
            rotation.life,
            rotation.after,
            rotation.distribute);
    this.core =
        ServerCore.open(
            store,
            authorities,
            settings,
            new CoreSeams(clock, random, CRYPTO, ticker, CoreMetrics.none()));
  }

  /// As an operator has it.
  public static CoreWorld in(Store store) throws ServerException {
    return new CoreWorld(store, settings(false));
  }

  /// Registrations without node selectors mean any node.
  public static CoreWorld dev(Store store) throws ServerException {
    return new CoreWorld(store, settings(true));
  }

  public static CoreWorld with(Store store, CoreSettings settings) throws ServerException {
    return new CoreWorld(store, settings);
  }

  /// Whose authorities rotate by age.
  public static CoreWorld rotating(Store store, Rotation rotation) throws ServerException {
    return new CoreWorld(store, settings(false), rotation);
  }

  public static CoreSettings settings(boolean dev) {
    return CoreSettings.standard(
        TRUST_DOMAIN, dev, () -> new ServerAddress("server.example.org", 8443));
  }

  /// A server on the same store and authority, after this one.
  public ServerCore restarted() throws ServerException {
    return restarted(new ManualTicker());
  }

  public ServerCore restarted(ManualTicker itsTicker) throws ServerException {
    return restarted(itsTicker, CoreSeams.following(clock));
  }

  /// With a time since boot that need not go along with the clock.
  public ServerCore restarted(ManualTicker itsTicker, LongSupplier boot) throws ServerException {
    return ServerCore.open(
        store,
        authorities,
        core.settings(),
        new CoreSeams(clock, random, CRYPTO, itsTicker, CoreMetrics.none(), boot));
  }

  public RequestId request() {
    return new RequestId(Id.random(random));
  }

  public KeyPair newKeys() {
    return PrivateKeys.generateP256(CRYPTO, random);
  }

  public byte[] csr(KeyPair keys) {
    return CertificateRequest.create(keys, CRYPTO);
  }

  /// Of a new key.
  public byte[] csr() {
    return csr(newKeys());
  }

  public OwnerView owner(String name) throws ServerException {
    return core.createOwner().run(ADMIN, request(), new NewOwner(name, "", "", "", "ada", ""));
  }

  public static RawSelector raw(String text) {
    String[] parts = text.split(":", 3);
    return new RawSelector(parts[0], parts[1], parts[2]);
  }

  /// An agent for any node.
  public static NewSubject newAgent(String owner, String name, String... selectors) {
    return new NewSubject(
        SubjectKind.AGENT,
        owner,
        name,
        new Match(Stream.of(selectors).map(CoreWorld::raw).toList(), List.of(), true),
        new Profile(Optional.empty(), List.of(), ""),
        Governance.none());
  }

  /// An agent for any node, with JWT-SVIDs.
  public static NewSubject newAgentWithJwt(String owner, String name, String... selectors) {
    NewSubject agent = newAgent(owner, name, selectors);
    return new NewSubject(
        agent.kind(),
        owner,
        name,
        agent.match(),
        new Profile(Optional.empty(), List.of(), "", Optional.of(true)),
        agent.governance());
  }

  /// An agent for nodes with that label.
  public static NewSubject newAgentOn(
      String label, String owner, String name, String... selectors) {
    return new NewSubject(
        SubjectKind.AGENT,
        owner,
        name,
        new Match(
            Stream.of(selectors).map(CoreWorld::raw).toList(),
            List.of(raw("node:label:" + label)),
            false),
        new Profile(Optional.empty(), List.of(), ""),
        Governance.none());
  }

  public SubjectView create(NewSubject subject) throws ServerException {
    return core.createSubject().run(ADMIN, request(), subject);
  }

  public JoinToken token(Map<String, String> labels) throws ServerException {
    return core.createJoinToken()
        .run(ADMIN, request(), new NewToken(Optional.empty(), labels))
        .token();
  }

  /// A node with an open and settled stream.
  public record Joined(Id id, KeyPair keys, Id startId, NodeStream stream) {}

  public Joined join(Map<String, String> labels) throws ServerException {
    KeyPair keys = newKeys();
    Id id =
        core.attestNode()
            .run(
                STRANGER,
                request(),
                JoinTokenVerifier.NAME,
                token(labels).secret().reveal(),
                csr(keys))
            .node();
    return connect(id, keys, Id.random(random));
  }

  public Joined connect(Id node, KeyPair keys, Id startId) throws ServerException {
    NodeStream stream = core.nodeStreams().open(node, hello(startId), () -> {});
    stream.settle(
        stream.welcome().hosted().stream().map(it -> it.id()).collect(Collectors.toSet()));
    return new Joined(node, keys, startId, stream);
  }

  public static StreamHello hello(Id startId) {
    return new StreamHello(startId, Optional.empty(), "host-1", "credence 0.1");
  }

  /// A process that was never seen.
  public ProcessSeen process() {
    int pid = 2 + random.nextInt(4_000_000);
    return new ProcessSeen(
        new ProcessSeen.Mark(
            new ProcessSeen.Instance(
                "0f8fad5b-d9cb-469f-a165-70867728950e",
                4_026_531_836L,
                pid,
                1 + random.nextLong(1L << 40)),
            64_769,
            1 + random.nextInt(1 << 20),
            new ProcessSeen.Image(0x5555_5555_0000L, 0x7ffd_0000_1000L, 0x7ffd_0000_2000L)),
        1000,
        1000,
        "/usr/local/bin/agent");
  }

  /// What a node reads of a process: these selectors; `unix:path` and `unix:sha256` speak about
  /// code.
  public static Attestation attestation(ProcessSeen process, String... selectors) {
    List<Evidence> evidence = new ArrayList<>();
    for (String text : selectors) {
      Selector selector = Selector.parse(text);
      boolean speaks = Set.of("path", "sha256").contains(selector.name());
      evidence.add(
          new Evidence(
              selector,
              speaks ? Optional.of(CodeAssurance.FILE) : Optional.empty(),
              "/proc/PID/exe"));
    }
    return new Attestation(process, evidence, Assurance.code(evidence), Isolation.SHARED_UID);
  }

  /// All events that were committed, oldest first.
  public List<EventView> events() throws ServerException {
    List<EventView> all = new ArrayList<>();
    long after = 0;
    while (true) {
      List<EventView> some =
          core.queries().events(new EventQuery(after, Optional.empty(), "", ""), 1000);
      if (some.isEmpty()) {
        return all;
      }
      all.addAll(some);
      after = some.getLast().event().number();
    }
  }

  /// Their kinds.
  public List<String> eventKinds() throws ServerException {
    return events().stream().map(it -> it.event().what().kind().label()).toList();
  }

  /// Reasons of all refusals.
  public List<String> refusals() throws ServerException {
    return events().stream()
        .filter(it -> it.event().what().kind().label().equals("refused"))
        .map(it -> it.event().what().details().getOrDefault("reason", ""))
        .toList();
  }

  /// Serials of all certificates that events speak of.
  public Set<String> serials() throws ServerException {
    return events().stream()
        .map(it -> it.event().what().details().getOrDefault("serial", ""))
        .filter(it -> !it.isEmpty())
        .collect(Collectors.toCollection(HashSet::new));
  }

  @Override
  public void close() {
    core.close();
    store.close();
    authority.close();
  }
}
