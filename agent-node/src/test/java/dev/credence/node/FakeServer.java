package dev.credence.node;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.credence.attestors.Selector;
import dev.credence.attestors.join.JoinToken;
import dev.credence.attestors.join.JoinTokenSecret;
import dev.credence.attestors.join.ServerAddress;
import dev.credence.certs.Certificates;
import dev.credence.certs.Id;
import dev.credence.certs.Identity;
import dev.credence.certs.Sha256;
import dev.credence.certs.SpiffeId;
import dev.credence.proto.common.v1.ExecutionLifetime;
import dev.credence.proto.common.v1.Process;
import dev.credence.proto.common.v1.ProcessMark;
import dev.credence.proto.common.v1.SubjectKind;
import dev.credence.proto.node.v1.AttestRequest;
import dev.credence.proto.node.v1.AttestResponse;
import dev.credence.proto.node.v1.AttestResult;
import dev.credence.proto.node.v1.BarsUpdate;
import dev.credence.proto.node.v1.BundleUpdate;
import dev.credence.proto.node.v1.EndExecutionRequest;
import dev.credence.proto.node.v1.EndExecutionResponse;
import dev.credence.proto.node.v1.EndedExecution;
import dev.credence.proto.node.v1.ExecutionsEnded;
import dev.credence.proto.node.v1.HostedExecution;
import dev.credence.proto.node.v1.IssueJwtSvidRequest;
import dev.credence.proto.node.v1.IssuedJwtSvid;
import dev.credence.proto.node.v1.IssuedSvid;
import dev.credence.proto.node.v1.NodeAttestationGrpc;
import dev.credence.proto.node.v1.NodeBar;
import dev.credence.proto.node.v1.NodeGrpc;
import dev.credence.proto.node.v1.NodeSvid;
import dev.credence.proto.node.v1.OpenExecutionRequest;
import dev.credence.proto.node.v1.Refusal;
import dev.credence.proto.node.v1.Registration;
import dev.credence.proto.node.v1.RegistryUpdate;
import dev.credence.proto.node.v1.RenewExecutionRequest;
import dev.credence.proto.node.v1.RenewNodeRequest;
import dev.credence.proto.node.v1.Settled;
import dev.credence.proto.node.v1.SyncRequest;
import dev.credence.proto.node.v1.SyncResponse;
import dev.credence.proto.node.v1.Welcome;
import dev.credence.transport.TlsIdentity;
import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullUnmarked;

/// A scripted server behind the real contract: it keeps registrations and executions, says what a
/// test tells it to say, and remembers what it was told. Answers come on other threads, as real
/// ones do.
@NullUnmarked
final class FakeServer implements Dialer, AutoCloseable {
  static final Duration SVID_TTL = Duration.ofMinutes(10);
  static final Duration NODE_TTL = Duration.ofHours(24);
  private static final AtomicInteger NAMES = new AtomicInteger();

  final BlockingQueue<EndExecutionRequest> ends = new LinkedBlockingQueue<>();
  final BlockingQueue<Refusal> refusals = new LinkedBlockingQueue<>();

  /// Where the node went.
  final BlockingQueue<ServerAddress> dialed = new LinkedBlockingQueue<>();

  final BlockingQueue<Long> acknowledged = new LinkedBlockingQueue<>();
  final BlockingQueue<Settled> settled = new LinkedBlockingQueue<>();
  final BlockingQueue<dev.credence.proto.node.v1.Open> opens = new LinkedBlockingQueue<>();
  final BlockingQueue<AttestRequest> attests = new LinkedBlockingQueue<>();
  final AtomicInteger leases = new AtomicInteger();

  /// How often nodes are told to renew; zero: they are told nothing.
  volatile Duration renewLeaseEvery = Duration.ZERO;

  final AtomicInteger openCalls = new AtomicInteger();
  final AtomicInteger renewCalls = new AtomicInteger();
  final AtomicInteger jwtCalls = new AtomicInteger();
  final TestTokens tokens = new TestTokens("first");
  final AtomicInteger nodeRenewals = new AtomicInteger();
  final JoinToken token;

  private final String name = "fake-server-" + NAMES.incrementAndGet();
  private final Clock clock;
  private final TestAuthority authority;
  private final SecureRandom random = new SecureRandom();
  private volatile Id node = Id.random(random);

  // Guarded by this object.
  private final Map<String, Registration> registrations = new LinkedHashMap<>();
  private final Map<String, Running> executions = new LinkedHashMap<>();
  private final Map<String, String> bars = new LinkedHashMap<>();
  private final Queue<Status> failures = new ArrayDeque<>();
  private final Queue<Status> attestFailures = new ArrayDeque<>();
  private final ByteString epoch = ByteString.copyFrom(Id.random(random).bytes());
  private StreamObserver<SyncResponse> stream;
  private Server server;
  private boolean silentRegistry;
  private boolean shutOut;
  private String shutOutWords = "";
  private long number = 1;
  private List<TestAuthority> announced = List.of();
  private List<TestTokens> announcedTokens = List.of();
  private TestTokens signing;
  private String tokenSubject = "";
  private Status tokenFailure;
  private volatile Status renewalRefusal;

  private record Running(String id, String subject, String registration, Process process) {}

  FakeServer(Clock clock) {
    this.clock = clock;
    this.authority = new TestAuthority(clock.instant());
    this.signing = tokens;
    this.token = tokenFor(new ServerAddress("localhost", 1));
    start();
  }

  JoinToken tokenFor(ServerAddress address) {
    return new JoinToken(
        address,
        TestAuthority.TRUST_DOMAIN,
        List.of(authority.pin()),
        JoinTokenSecret.random(new SecureRandom()));
  }

  // --- being there or not ---

  synchronized void start() {
    try {
      server =
          InProcessServerBuilder.forName(name)
              .addService(new Attestation())
              .addService(new Nodes())
              .build()
              .start();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  void goAway() {
    Server stopped;
    synchronized (this) {
      stopped = server;
      stream = null;
    }
    stopped.shutdownNow();
    try {
      stopped.awaitTermination();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  List<BindableService> services() {
    return List.of(new Attestation(), new Nodes());
  }

  TestAuthority authority() {
    return authority;
  }

  @Override
  public ManagedChannel firstContact(
      ServerAddress address,
      dev.credence.certs.TrustDomain trustDomain,
      java.util.Set<dev.credence.certs.Sha256> pins) {
    return channel();
  }

  @Override
  public ManagedChannel withSvid(
      ServerAddress address,
      TlsIdentity self,
      java.util.function.Consumer<java.security.cert.CertificateException> refused) {
    dialed.add(address);
    return channel();
  }

  private ManagedChannel channel() {
    return InProcessChannelBuilder.forName(name).build();
  }

  @Override
  public void close() {
    goAway();
  }

  // --- what a test makes it do ---

  /// A new registration of a new agent; pushed if a node is connected.
  String register(String agent, String... selectors) {
    return registerHinted(agent, "", selectors);
  }

  synchronized String registerHinted(String agent, String hint, String... selectors) {
    var registration =
        Registration.newBuilder()
            .setRegistrationId(Id.random(random).toString())
            .setRevision(1)
            .setSubjectId(Id.random(random).toString())
            .setKind(SubjectKind.SUBJECT_KIND_AGENT)
            .setSpiffeId("spiffe://test.example/agent/team/" + agent)
            .setHint(hint)
            .setJwt(true)
            .setCreatedAt(Timestamp.newBuilder().setSeconds(1000 + registrations.size()));
    for (String selector : selectors) {
      registration.addSelectors(Wire.selector(Selector.parse(selector)));
    }
    push(registration.build());
    return registration.getRegistrationId();
  }

  /// As {@link #register}, for an agent that may not have JWT-SVIDs.
  synchronized String registerWithoutJwt(String agent, String... selectors) {
    String id = register(agent, selectors);
    push(registrations.get(id).toBuilder().setRevision(2).setJwt(false).build());
    return id;
  }

  synchronized void change(String registrationId, String... selectors) {
    Registration before = registrations.get(registrationId);
    var after = before.toBuilder().setRevision(before.getRevision() + 1).clearSelectors();
    for (String selector : selectors) {
      after.addSelectors(Wire.selector(Selector.parse(selector)));
    }
    push(after.build());
  }

  /// What its executions end with is another thing from now on.
  synchronized void changeLifetime(String registrationId, ExecutionLifetime lifetime) {
    Registration before = registrations.get(registrationId);
    push(before.toBuilder().setRevision(before.getRevision() + 1).setLifetime(lifetime).build());
  }

  /// Something changed of which nothing is in a certificate.
  synchronized void changeElsewhere(String registrationId) {
    Registration before = registrations.get(registrationId);
    push(before.toBuilder().setRevision(before.getRevision() + 1).build());
  }

  /// The operator's word for it is another one.
  synchronized void changeHint(String registrationId, String hint) {
    Registration before = registrations.get(registrationId);
    push(before.toBuilder().setRevision(before.getRevision() + 1).setHint(hint).build());
  }

  private static Registration withEssence(Registration said) {
    byte[] essence =
        Sha256.of(said.toBuilder().clearRevision().clearEssence().build().toByteArray()).bytes();
    return said.toBuilder().setEssence(ByteString.copyFrom(essence)).build();
  }

  private void push(Registration said) {
    Registration registration = withEssence(said);
    registrations.put(registration.getRegistrationId(), registration);
    send(update().addRegistrations(registration).build());
  }

  synchronized void unregister(String registrationId) {
    registrations.remove(registrationId);
    send(update().addRemovedRegistrationIds(registrationId).build());
  }

  /// What it leads to is suspended or retired; empty: not any more. The server ends executions
  /// itself.
  synchronized void withhold(String registrationId, String reason) {
    Registration before = registrations.get(registrationId);
    push(before.toBuilder().setRevision(before.getRevision() + 1).setWithheld(reason).build());
  }

  /// Another set of selectors takes the place of this one, for the same agent.
  synchronized void replaceSet(String registrationId, String selector) {
    Registration before = registrations.remove(registrationId);
    Registration after =
        withEssence(
            before.toBuilder()
                .setRegistrationId(Id.random(random).toString())
                .setRevision(before.getRevision() + 1)
                .clearSelectors()
                .addSelectors(Wire.selector(Selector.parse(selector)))
                .build());
    registrations.put(after.getRegistrationId(), after);
    executions.replaceAll((_, it) ->
        it.registration().equals(registrationId)
            ? new Running(it.id(), it.subject(), after.getRegistrationId(), it.process())
            : it);
    send(update().addRegistrations(after).addRemovedRegistrationIds(registrationId).build());
  }

  /// Handed over: another name, another revision.
  synchronized void rename(String registrationId, String agent) {
    Registration before = registrations.get(registrationId);
    push(
        before.toBuilder()
            .setRevision(before.getRevision() + 1)
            .setSpiffeId("spiffe://test.example/agent/other-team/" + agent)
            .build());
  }

  /// An update gets lost.
  synchronized void loseOneUpdate() {
    number++;
  }

  private RegistryUpdate.Builder update() {
    long previous = number++;
    return RegistryUpdate.newBuilder().setEpoch(epoch).setPrevious(previous).setNumber(number);
  }

  private void send(RegistryUpdate update) {
    if (stream != null && !silentRegistry) {
      stream.onNext(SyncResponse.newBuilder().setRegistry(update).build());
    }
  }

  /// Doesn't tell the registry until {@link #tellRegistry}.
  synchronized void holdRegistryBack() {
    silentRegistry = true;
  }

  synchronized void tellRegistry() {
    silentRegistry = false;
    send(full());
  }

  private RegistryUpdate full() {
    return RegistryUpdate.newBuilder()
        .setEpoch(epoch)
        .setNumber(number)
        .setFull(true)
        .addAllRegistrations(registrations.values())
        .build();
  }

  /// These authorities beside the one that signs.
  synchronized void announce(List<TestAuthority> others) {
    announced = List.copyOf(others);
    stream.onNext(SyncResponse.newBuilder().setBundle(bundle()).build());
  }

  private List<TestTokens> allTokens() {
    var all = new ArrayList<>(announcedTokens);
    all.add(tokens);
    return all;
  }

  /// These authorities and the one that signs, under that number.
  ///
  /// @param tainted true: the one that signs is tainted
  synchronized void announce(List<TestAuthority> others, long sequence, boolean tainted) {
    announced = List.copyOf(others);
    var update =
        bundle().toBuilder()
            .setSequence(sequence)
            .setRenewWithin(com.google.protobuf.Duration.newBuilder().setSeconds(2));
    if (tainted) {
      update.setTaintedX509Authorities(ByteString.copyFrom(authority.bundle().toDer()));
    }
    stream.onNext(SyncResponse.newBuilder().setBundle(update).build());
  }

  private BundleUpdate bundle() {
    var both = new ArrayList<>(authority.bundle().authorities());
    announced.forEach(other -> both.addAll(other.bundle().authorities()));
    return BundleUpdate.newBuilder()
        .setTrustDomain(TestAuthority.TRUST_DOMAIN.name())
        .setX509Bundle(
            ByteString.copyFrom(
                dev.credence.certs.X509Bundle.of(TestAuthority.TRUST_DOMAIN, both).toDer()))
        .setJwtBundle(ByteString.copyFrom(TestTokens.jwks(allTokens())))
        .build();
  }

  /// These JWT authorities beside the first one.
  synchronized void announceTokens(List<TestTokens> others) {
    announcedTokens = List.copyOf(others);
    stream.onNext(SyncResponse.newBuilder().setBundle(bundle()).build());
  }

  synchronized void signTokensWith(TestTokens other) {
    signing = other;
  }

  /// That JWT authority is not to be relied on any more.
  synchronized void taintTokens(String keyId) {
    stream.onNext(
        SyncResponse.newBuilder()
            .setBundle(bundle().toBuilder().addTaintedJwtKeyIds(keyId))
            .build());
  }

  /// Another subject than the execution's; empty: the right one again.
  synchronized void tokenSubject(String other) {
    tokenSubject = other;
  }

  /// No token is issued from now on.
  synchronized void failTokens(Status status) {
    tokenFailure = status;
  }

  /// An administrator ends an execution.
  void end(String execution) {
    end(execution, "administrator");
  }

  synchronized void end(String execution, String reason) {
    executions.remove(execution);
    stream.onNext(
        SyncResponse.newBuilder()
            .setEnded(
                ExecutionsEnded.newBuilder()
                    .addExecutions(
                        EndedExecution.newBuilder().setExecutionId(execution).setReason(reason)))
            .build());
  }

  /// An administrator revokes an execution: its agent is barred on this node.
  synchronized void revoke(String execution) {
    Running revoked = executions.get(execution);
    bars.put(revoked.subject(), execution);
    tellBars();
    end(execution);
  }

  synchronized void unbar() {
    bars.clear();
    tellBars();
  }

  private void tellBars() {
    stream.onNext(
        SyncResponse.newBuilder().setBars(BarsUpdate.newBuilder().addAllBars(bars())).build());
  }

  private List<NodeBar> bars() {
    return bars.entrySet().stream()
        .map(bar ->
            NodeBar.newBuilder().setSubjectId(bar.getKey()).setExecutionId(bar.getValue()).build())
        .toList();
  }

  /// An administrator takes this node out of service.
  synchronized void shutOut() {
    shutOut("out of service");
  }

  synchronized void shutOut(String words) {
    executions.clear();
    shutOut = true;
    shutOutWords = words;
    stream.onError(Status.PERMISSION_DENIED.withDescription(words).asException());
    stream = null;
  }

  /// In the real server's words.
  void decide(String state) {
    shutOut("node " + node + ": " + state + " (expected: active)");
  }

  /// As the real server: the end of a stream that is open says only that.
  synchronized void takeOut(String state) {
    shutOut("this node was taken out of service");
    shutOutWords = "node " + node + ": " + state + " (expected: active)";
  }

  Id node() {
    return node;
  }

  synchronized void takeBack() {
    shutOut = false;
  }

  /// Ends the stream as if the same node had opened another one.
  synchronized void replaceStream() {
    stream.onError(Status.ABORTED.withDescription("a newer stream").asException());
    stream = null;
  }

  synchronized void failNext(Status status) {
    failures.add(status);
  }

  synchronized void refuseAttest(Status status) {
    attestFailures.add(status);
  }

  synchronized List<String> running() {
    return List.copyOf(executions.keySet());
  }

  synchronized void forgetExecutions() {
    executions.clear();
  }

  // --- the contract ---

  private NodeSvid nodeSvid(byte[] csr) {
    SpiffeId id = new Identity.Node(node).in(TestAuthority.TRUST_DOMAIN);
    return NodeSvid.newBuilder()
        .setSpiffeId(id.toString())
        .setX509Svid(chain(id, TestAuthority.keyOf(csr), NODE_TTL))
        .setBundle(ByteString.copyFrom(authority.bundle().toDer()))
        .build();
  }

  private ByteString chain(SpiffeId id, PublicKey key, Duration ttl) {
    return ByteString.copyFrom(Certificates.toDer(authority.issue(id, key, clock.instant(), ttl)));
  }

  private final class Attestation extends NodeAttestationGrpc.NodeAttestationImplBase {
    @Override
    public StreamObserver<AttestRequest> attest(StreamObserver<AttestResponse> out) {
      return new StreamObserver<>() {
        @Override
        public void onNext(AttestRequest request) {
          attests.add(request);
          Status failure;
          synchronized (FakeServer.this) {
            failure = attestFailures.poll();
          }
          if (failure != null) {
            out.onError(failure.asException());
            return;
          }
          synchronized (FakeServer.this) {
            if (shutOut) {
              // Another node, with nothing of the one that was there.
              node = Id.random(random);
              shutOut = false;
            }
          }
          out.onNext(
              AttestResponse.newBuilder()
                  .setResult(
                      AttestResult.newBuilder()
                          .setNodeId(node.toString())
                          .setSvid(nodeSvid(request.getParams().getCsr().toByteArray())))
                  .build());
          out.onCompleted();
        }

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onCompleted() {}
      };
    }
  }

  private final class Nodes extends NodeGrpc.NodeImplBase {
    @Override
    public StreamObserver<SyncRequest> sync(StreamObserver<SyncResponse> out) {
      return new StreamObserver<>() {
        @Override
        public void onNext(SyncRequest request) {
          switch (request.getMessageCase()) {
            case OPEN -> welcome(request.getOpen(), out);
            case SETTLED -> settle(request.getSettled());
            case BUNDLE_ACKNOWLEDGED ->
                acknowledged.add(request.getBundleAcknowledged().getSequence());
            case LEASE -> leases.incrementAndGet();
            case REFUSALS -> refusals.addAll(request.getRefusals().getRefusalsList());
            case MESSAGE_NOT_SET -> throw new IllegalStateException("empty message");
          }
        }

        @Override
        public void onError(Throwable error) {
          leave(out);
        }

        @Override
        public void onCompleted() {
          leave(out);
        }
      };
    }

    @Override
    public void openExecution(OpenExecutionRequest request, StreamObserver<IssuedSvid> out) {
      openCalls.incrementAndGet();
      answer(
          out,
          () -> {
            Registration registration = registrations.get(request.getRegistrationId());
            if (registration == null) {
              throw Status.PERMISSION_DENIED.asRuntimeException();
            }
            if (registration.getRevision() != request.getRegistrationRevision()) {
              throw Status.FAILED_PRECONDITION.asRuntimeException();
            }
            Process process = request.getAttestation().getProcess();
            String id =
                executions.values().stream()
                    .filter(one ->
                        one.process.getMark().equals(process.getMark())
                            && one.subject.equals(registration.getSubjectId()))
                    .map(Running::id)
                    .findFirst()
                    .orElseGet(() -> Id.random(random).toString());
            executions.put(
                id,
                new Running(
                    id, registration.getSubjectId(), registration.getRegistrationId(), process));
            return issued(id, registration, request.getCsr());
          });
    }

    @Override
    public void renewExecution(RenewExecutionRequest request, StreamObserver<IssuedSvid> out) {
      renewCalls.incrementAndGet();
      answer(
          out,
          () -> {
            Running running = executions.get(request.getExecutionId());
            if (running == null) {
              throw Status.NOT_FOUND.asRuntimeException();
            }
            return issued(running.id, registrations.get(running.registration), request.getCsr());
          });
    }

    @Override
    public void issueJwtSvid(IssueJwtSvidRequest request, StreamObserver<IssuedJwtSvid> out) {
      jwtCalls.incrementAndGet();
      answer(
          out,
          () -> {
            Running running = executions.get(request.getExecutionId());
            if (tokenFailure != null || running == null) {
              throw (tokenFailure == null ? Status.NOT_FOUND : tokenFailure).asRuntimeException();
            }
            String subject =
                tokenSubject.isEmpty()
                    ? registrations.get(running.registration).getSpiffeId()
                    : tokenSubject;
            return IssuedJwtSvid.newBuilder()
                .setToken(
                    signing.issue(
                        subject,
                        request.getAudiencesList(),
                        clock.instant(),
                        Id.random(random).toString()))
                .build();
          });
    }

    @Override
    public void endExecution(
        EndExecutionRequest request, StreamObserver<EndExecutionResponse> out) {
      synchronized (FakeServer.this) {
        executions.remove(request.getExecutionId());
      }
      ends.add(request);
      out.onNext(EndExecutionResponse.getDefaultInstance());
      out.onCompleted();
    }

    @Override
    public void renewNode(RenewNodeRequest request, StreamObserver<NodeSvid> out) {
      nodeRenewals.incrementAndGet();
      Status refusal = renewalRefusal;
      if (refusal != null) {
        out.onError(refusal.asException());
        return;
      }
      out.onNext(nodeSvid(request.getCsr().toByteArray()));
      out.onCompleted();
    }
  }

  private IssuedSvid issued(String execution, Registration registration, ByteString csr) {
    SpiffeId id = SpiffeId.parse(registration.getSpiffeId());
    return IssuedSvid.newBuilder()
        .setExecutionId(execution)
        .setSpiffeId(id.toString())
        .setX509Svid(chain(id, TestAuthority.keyOf(csr.toByteArray()), SVID_TTL))
        .build();
  }

  private <A> void answer(StreamObserver<A> out, java.util.function.Supplier<A> answer) {
    A svid;
    synchronized (this) {
      Status failure = failures.poll();
      if (failure != null) {
        out.onError(failure.asException());
        return;
      }
      try {
        svid = answer.get();
      } catch (io.grpc.StatusRuntimeException e) {
        out.onError(e);
        return;
      }
    }
    out.onNext(svid);
    out.onCompleted();
  }

  private void welcome(dev.credence.proto.node.v1.Open open, StreamObserver<SyncResponse> out) {
    opens.add(open);
    synchronized (this) {
      if (shutOut) {
        out.onError(Status.PERMISSION_DENIED.withDescription(shutOutWords).asException());
        return;
      }
      stream = out;
      var welcome =
          Welcome.newBuilder().setVersion(1).setNodeId(node.toString()).addAllBars(bars());
      if (!renewLeaseEvery.isZero()) {
        welcome.setRenewLeaseEvery(
            com.google.protobuf.Duration.newBuilder().setSeconds(renewLeaseEvery.toSeconds()));
      }
      executions
          .values()
          .forEach(running ->
              welcome.addHosted(
                  HostedExecution.newBuilder()
                      .setExecutionId(running.id)
                      .setSubjectId(running.subject)
                      .setRegistrationId(running.registration)
                      .setProcess(running.process)));
      out.onNext(SyncResponse.newBuilder().setWelcome(welcome).build());
      out.onNext(SyncResponse.newBuilder().setBundle(bundle()).build());
      boolean upToDate =
          open.hasCursor()
              && open.getCursor().getEpoch().equals(epoch)
              && open.getCursor().getNumber() == number;
      if (!upToDate) {
        send(full());
      }
    }
  }

  private void settle(Settled message) {
    synchronized (this) {
      executions.keySet().retainAll(message.getRunningExecutionIdsList());
    }
    settled.add(message);
  }

  private synchronized void leave(StreamObserver<SyncResponse> out) {
    if (out.equals(stream)) {
      stream = null;
    }
  }

  void refuseRenewals(Status status) {
    renewalRefusal = status;
  }

  synchronized boolean isConnected() {
    return stream != null;
  }

  static ProcessMark markOf(Process process) {
    return process.getMark();
  }
}
