package dev.credence.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.credence.attestors.join.JoinToken;
import dev.credence.attestors.join.JoinTokenProver;
import dev.credence.certs.Certificates;
import dev.credence.certs.Id;
import dev.credence.certs.X509Svid;
import dev.credence.proto.admin.v1.AuthoritiesGrpc;
import dev.credence.proto.admin.v1.AuthorityChange;
import dev.credence.proto.admin.v1.ChangeAuthorityRequest;
import dev.credence.proto.admin.v1.ChangeOptions;
import dev.credence.proto.admin.v1.CreateJoinTokenRequest;
import dev.credence.proto.admin.v1.CreateOwnerRequest;
import dev.credence.proto.admin.v1.CreateSubjectRequest;
import dev.credence.proto.admin.v1.ExecutionsGrpc;
import dev.credence.proto.admin.v1.GetRequest;
import dev.credence.proto.admin.v1.Governance;
import dev.credence.proto.admin.v1.ListExecutionsRequest;
import dev.credence.proto.admin.v1.NodesGrpc;
import dev.credence.proto.admin.v1.OwnersGrpc;
import dev.credence.proto.admin.v1.PrepareAuthorityRequest;
import dev.credence.proto.admin.v1.Subject;
import dev.credence.proto.admin.v1.SubjectLifeGrpc;
import dev.credence.proto.admin.v1.SubjectsGrpc;
import dev.credence.proto.admin.v1.UpdateSubjectRequest;
import dev.credence.proto.common.v1.AttestationRecord;
import dev.credence.proto.common.v1.AttestedProperty;
import dev.credence.proto.common.v1.CodeAssurance;
import dev.credence.proto.common.v1.Isolation;
import dev.credence.proto.common.v1.Process;
import dev.credence.proto.common.v1.ProcessMark;
import dev.credence.proto.common.v1.Selector;
import dev.credence.proto.common.v1.SubjectKind;
import dev.credence.proto.node.v1.AttestParams;
import dev.credence.proto.node.v1.AttestRequest;
import dev.credence.proto.node.v1.AttestResponse;
import dev.credence.proto.node.v1.BundleAcknowledged;
import dev.credence.proto.node.v1.BundleUpdate;
import dev.credence.proto.node.v1.EndExecutionRequest;
import dev.credence.proto.node.v1.IssuedSvid;
import dev.credence.proto.node.v1.NodeAttestationGrpc;
import dev.credence.proto.node.v1.NodeGrpc;
import dev.credence.proto.node.v1.Open;
import dev.credence.proto.node.v1.OpenExecutionRequest;
import dev.credence.proto.node.v1.Registration;
import dev.credence.proto.node.v1.Settled;
import dev.credence.proto.node.v1.SyncRequest;
import dev.credence.proto.node.v1.SyncResponse;
import dev.credence.proto.node.v1.SyncResponse.MessageCase;
import dev.credence.server.rig.RpcRig;
import dev.credence.server.rig.TestSvids;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node's life at the server, over the wire: token, first contact, stream, executions, end.
class NodeFlowTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  private RpcRig rig;
  private Channel admin;
  private final KeyPair nodeKeys = TestSvids.keys();
  private final ByteString startId = id();

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    rig = new RpcRig(folder);
    admin = rig.administrator();
    var owner =
        OwnersGrpc.newBlockingStub(admin)
            .createOwner(
                CreateOwnerRequest.newBuilder()
                    .setRequestId(id())
                    .setName("team")
                    .setHuman("alice")
                    .build());
    assertThat(owner.getState()).isEqualTo("active");
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  private static ByteString id() {
    return ByteString.copyFrom(Id.random(RANDOM).bytes());
  }

  private Subject createAgent(String name, int uid) {
    return SubjectsGrpc.newBlockingStub(admin)
        .createSubject(
            CreateSubjectRequest.newBuilder()
                .setRequestId(id())
                .setKind(SubjectKind.SUBJECT_KIND_AGENT)
                .setOwner("team")
                .setName(name)
                .addSelectors(uidSelector(uid))
                .setAnyNode(true)
                .build());
  }

  private static Selector.Builder uidSelector(int uid) {
    return Selector.newBuilder().setType("unix").setName("uid").setValue(Integer.toString(uid));
  }

  private JoinToken token() {
    return JoinToken.parse(
        NodesGrpc.newBlockingStub(admin)
            .createJoinToken(
                CreateJoinTokenRequest.newBuilder()
                    .setRequestId(id())
                    .putLabels("rack", "r1")
                    .build())
            .getToken());
  }

  private Object attest(JoinToken token, KeyPair keys) throws Exception {
    BlockingQueue<Object> answers = new LinkedBlockingQueue<>();
    StreamObserver<AttestRequest> call =
        NodeAttestationGrpc.newStub(rig.anonymous()).attest(new Collecting<>(answers));
    call.onNext(
        AttestRequest.newBuilder()
            .setParams(
                AttestParams.newBuilder()
                    .setVersion(1)
                    .setRequestId(id())
                    .setAttestor("join_token")
                    .setEvidence(
                        ByteString.copyFrom(new JoinTokenProver(token.secret()).evidence()))
                    .setCsr(ByteString.copyFrom(TestSvids.csr(keys))))
            .build());
    call.onCompleted();
    return take(answers);
  }

  private static Object take(BlockingQueue<Object> queue) throws InterruptedException {
    return Objects.requireNonNull(queue.poll(60, TimeUnit.SECONDS), "nothing came for 60 s");
  }

  private Channel attestedNode() throws Exception {
    AttestResponse answer = (AttestResponse) attest(token(), nodeKeys);
    byte[] chain = answer.getResult().getSvid().getX509Svid().toByteArray();
    return rig.with(rig.svids.fixed(X509Svid.of(Certificates.parseChain(chain), nodeKeys)));
  }

  /// A node's side of the stream.
  private static final class Stream {
    final BlockingQueue<Object> seen = new LinkedBlockingQueue<>();
    final StreamObserver<SyncRequest> out;

    Stream(Channel node, ByteString startId) {
      out = NodeGrpc.newStub(node).sync(new Collecting<>(seen));
      out.onNext(
          SyncRequest.newBuilder()
              .setOpen(Open.newBuilder().setVersion(1).setStartId(startId).setHostName("host"))
              .build());
    }

    void settle() throws Exception {
      assertThat(((SyncResponse) take(seen)).getMessageCase()).isEqualTo(MessageCase.WELCOME);
      out.onNext(SyncRequest.newBuilder().setSettled(Settled.getDefaultInstance()).build());
    }

    SyncResponse next(MessageCase kind) throws Exception {
      SyncResponse message;
      do {
        message = (SyncResponse) take(seen);
      } while (message.getMessageCase() != kind);
      return message;
    }

    Status end() throws Exception {
      Object last;
      do {
        last = take(seen);
      } while (last instanceof SyncResponse);
      return Status.fromThrowable((Throwable) last);
    }
  }

  private static AttestationRecord attestation(int pid, int uid) {
    return AttestationRecord.newBuilder()
        .setProcess(
            Process.newBuilder()
                .setMark(
                    ProcessMark.newBuilder()
                        .setBootId("0b5c1b4e-0000-4000-8000-000000000001")
                        .setPidNamespace(4026531836L)
                        .setPid(pid)
                        .setStartTime(100 + pid)
                        .setExecutableDevice(1)
                        .setExecutableInode(2)
                        .setStartCode(0x1000)
                        .setStartStack(0x2000)
                        .setArgStart(0x3000))
                .setUid(uid)
                .setGid(uid)
                .setExecutable("/bin/x"))
        .addProperties(
            AttestedProperty.newBuilder()
                .setSelector(uidSelector(uid))
                .setSource("/proc/PID/status"))
        .setCode(CodeAssurance.CODE_ASSURANCE_NONE)
        .setIsolation(Isolation.ISOLATION_SHARED_UID)
        .build();
  }

  private OpenExecutionRequest open(Registration registration, int pid, KeyPair keys) {
    return OpenExecutionRequest.newBuilder()
        .setRequestId(id())
        .setStartId(startId)
        .setRegistrationId(registration.getRegistrationId())
        .setRegistrationRevision(registration.getRevision())
        .setAttestation(attestation(pid, 1000))
        .setCsr(ByteString.copyFrom(TestSvids.csr(keys)))
        .build();
  }

  private static void refused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, Status.Code code, String kind) {
    StatusRuntimeException e = catchThrowableOfType(StatusRuntimeException.class, call);
    assertThat(e.getStatus().getCode()).isEqualTo(code);
    assertThat(Objects.requireNonNull(e.getTrailers()).get(Errors.ERROR)).isEqualTo(kind);
  }

  @Test
  void tokensAreForOneKey() throws Exception {
    JoinToken token = token();
    AttestResponse first = (AttestResponse) attest(token, nodeKeys);
    AttestResponse again = (AttestResponse) attest(token, nodeKeys);
    assertThat(again.getResult().getNodeId()).isEqualTo(first.getResult().getNodeId());
    Status other = Status.fromThrowable((Throwable) attest(token, TestSvids.keys()));
    assertThat(other.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    var node =
        NodesGrpc.newBlockingStub(admin)
            .getNode(GetRequest.newBuilder().setReference(first.getResult().getNodeId()).build());
    assertThat(node.getLabelsMap()).containsEntry("rack", "r1");
    assertThat(node.getConnected()).isFalse();
  }

  @Test
  void theEssenceOfARegistrationChangesWithWhatCertificatesSay() throws Exception {
    Stream stream = new Stream(attestedNode(), startId);
    stream.settle();
    var _ = stream.next(MessageCase.REGISTRY);
    var _ = createAgent("bot", 1000);
    Registration first = stream.next(MessageCase.REGISTRY).getRegistry().getRegistrations(0);
    assertThat(first.getEssence().size()).isEqualTo(32);

    Registration purpose =
        changed(
            stream, update("purpose").setGovernance(Governance.newBuilder().setPurpose("pays")));
    assertThat(purpose.getRevision()).isGreaterThan(first.getRevision());
    assertThat(purpose.getEssence()).isEqualTo(first.getEssence());

    // A node is not told of DNS names, but certificates say them.
    Registration named = changed(stream, update("dns_names").addDnsNames("bot.example.org"));
    assertThat(named.getEssence()).isNotEqualTo(first.getEssence());
    Registration hinted = changed(stream, update("hint").setHint("payments"));
    assertThat(hinted.getEssence()).isNotEqualTo(named.getEssence());
  }

  private static UpdateSubjectRequest.Builder update(String field) {
    return UpdateSubjectRequest.newBuilder()
        .setOptions(ChangeOptions.newBuilder().setRequestId(id()))
        .setKind(SubjectKind.SUBJECT_KIND_AGENT)
        .setReference("team/bot")
        .addFields(field);
  }

  private Registration changed(Stream stream, UpdateSubjectRequest.Builder request)
      throws Exception {
    var _ = SubjectLifeGrpc.newBlockingStub(admin).updateSubject(request.build());
    return stream.next(MessageCase.REGISTRY).getRegistry().getRegistrations(0);
  }

  @Test
  void fromRegistrationToTheEndOfAnExecution() throws Exception {
    Channel node = attestedNode();
    Stream stream = new Stream(node, startId);
    stream.settle();
    assertThat(stream.next(MessageCase.BUNDLE).getBundle().getTrustDomain())
        .isEqualTo("example.org");
    assertThat(stream.next(MessageCase.REGISTRY).getRegistry().getFull()).isTrue();

    Subject agent = createAgent("bot", 1000);
    Registration pushed = stream.next(MessageCase.REGISTRY).getRegistry().getRegistrations(0);
    assertThat(pushed.getSpiffeId()).isEqualTo("spiffe://example.org/agent/team/bot");
    assertThat(pushed.getSubjectId()).isEqualTo(agent.getId());

    KeyPair keys = TestSvids.keys();
    var stub = NodeGrpc.newBlockingStub(node);
    OpenExecutionRequest request = open(pushed, 41, keys);
    IssuedSvid svid = stub.openExecution(request);
    assertThat(svid.getSpiffeId()).isEqualTo("spiffe://example.org/agent/team/bot");
    var chain = Certificates.parseChain(svid.getX509Svid().toByteArray());
    assertThat(chain.getFirst().getPublicKey().getEncoded())
        .isEqualTo(keys.getPublic().getEncoded());

    // same request, same answer; same key for another process, refused
    assertThat(stub.openExecution(request)).isEqualTo(svid);
    refused(
        () -> stub.openExecution(open(pushed, 42, keys)),
        Status.Code.INVALID_ARGUMENT,
        "key-reused");
    refused(
        () ->
            stub.openExecution(
                open(pushed, 43, TestSvids.keys()).toBuilder()
                    .setAttestation(attestation(43, 1001))
                    .build()),
        Status.Code.PERMISSION_DENIED,
        "not-attested");

    var executions =
        ExecutionsGrpc.newBlockingStub(admin)
            .listExecutions(ListExecutionsRequest.getDefaultInstance());
    assertThat(executions.getExecutionsList())
        .singleElement()
        .satisfies(shown -> assertThat(shown.getId()).isEqualTo(svid.getExecutionId()));

    var ended =
        ExecutionsGrpc.newBlockingStub(admin)
            .endExecution(
                dev.credence.proto.admin.v1.EndExecutionRequest.newBuilder()
                    .setRequestId(id())
                    .setExecutionId(svid.getExecutionId())
                    .setReason("enough")
                    .build());
    assertThat(ended.hasEndedAt()).isTrue();
    assertThat(stream.next(MessageCase.ENDED).getEnded().getExecutions(0).getExecutionId())
        .isEqualTo(svid.getExecutionId());
    assertThat(rig.pushed.get()).isGreaterThanOrEqualTo(5);
  }

  @Test
  void anAuthorityIsActivatedOnceTheNodeHasAcknowledgedTheBundle() throws Exception {
    var stream = new Stream(attestedNode(), startId);
    stream.settle();
    assertThat(stream.next(MessageCase.BUNDLE).getBundle().getSequence()).isEqualTo(1);
    var authorities = AuthoritiesGrpc.newBlockingStub(admin);
    String next =
        authorities
            .prepareAuthority(
                PrepareAuthorityRequest.newBuilder().setRequestId(id()).setKind("x509").build())
            .getAuthority()
            .getId();
    BundleUpdate told = stream.next(MessageCase.BUNDLE).getBundle();
    assertThat(told.getSequence()).isEqualTo(2);
    var change = ChangeAuthorityRequest.newBuilder().setRequestId(id()).setId(next);

    refused(
        () -> authorities.activateAuthority(change.build()),
        Status.Code.FAILED_PRECONDITION,
        "blocked");
    stream.out.onNext(
        SyncRequest.newBuilder()
            .setBundleAcknowledged(BundleAcknowledged.newBuilder().setSequence(2))
            .build());
    AuthorityChange would;
    do {
      would = authorities.activateAuthority(change.setDryRun(true).build());
    } while (would.getUnacknowledgedNodeIdsCount() > 0);
    String first = would.getReplacedId();
    var done = authorities.activateAuthority(change.setDryRun(false).build());
    assertThat(done.getOldState()).isEqualTo("prepared");

    authorities.taintAuthority(
        ChangeAuthorityRequest.newBuilder().setRequestId(id()).setId(first).build());
    BundleUpdate tainted = stream.next(MessageCase.BUNDLE).getBundle();
    assertThat(told.getX509Bundle().startsWith(tainted.getTaintedX509Authorities())).isTrue();
    assertThat(tainted.getRenewWithin().getSeconds()).isEqualTo(2);
    refused(
        () ->
            authorities.revokeAuthority(
                ChangeAuthorityRequest.newBuilder().setRequestId(id()).setId(first).build()),
        Status.Code.FAILED_PRECONDITION,
        "blocked");
  }

  @Test
  void anotherNodeMayNotEndIt() throws Exception {
    Channel node = attestedNode();
    createAgent("bot", 1000);
    Stream stream = new Stream(node, startId);
    stream.settle();
    Registration registration = stream.next(MessageCase.REGISTRY).getRegistry().getRegistrations(0);
    IssuedSvid svid =
        NodeGrpc.newBlockingStub(node).openExecution(open(registration, 51, TestSvids.keys()));

    KeyPair otherKeys = TestSvids.keys();
    AttestResponse other = (AttestResponse) attest(token(), otherKeys);
    Channel otherNode =
        rig.with(
            rig.svids.fixed(
                X509Svid.of(
                    Certificates.parseChain(
                        other.getResult().getSvid().getX509Svid().toByteArray()),
                    otherKeys)));
    ByteString otherStart = id();
    new Stream(otherNode, otherStart).settle();
    Predicate<StatusRuntimeException> denied =
        e ->
            e.getStatus().getCode() == Status.Code.PERMISSION_DENIED
                || e.getStatus().getCode() == Status.Code.NOT_FOUND;
    StatusRuntimeException e =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                NodeGrpc.newBlockingStub(otherNode)
                    .endExecution(
                        EndExecutionRequest.newBuilder()
                            .setRequestId(id())
                            .setStartId(otherStart)
                            .setExecutionId(svid.getExecutionId())
                            .setReason("process-exited")
                            .build()));
    assertThat(e).matches(denied);
  }

  @Test
  void aNewerStreamReplacesTheOlder() throws Exception {
    Channel node = attestedNode();
    Stream older = new Stream(node, startId);
    older.settle();
    Stream newer = new Stream(node, startId);
    newer.settle();
    assertThat(older.end().getCode()).isEqualTo(Status.Code.ABORTED);
    assertThat(newer.next(MessageCase.REGISTRY).getRegistry().getFull()).isTrue();
  }

  @Test
  void streamsEndWithUnavailableWhenTheServerStops() throws Exception {
    Stream stream = new Stream(attestedNode(), startId);
    stream.settle();
    stream.next(MessageCase.REGISTRY);
    rig.core.beginStop();
    assertThat(stream.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
  }

  @Test
  void theStreamHasItsOrder() throws Exception {
    Channel node = attestedNode();
    BlockingQueue<Object> seen = new LinkedBlockingQueue<>();
    StreamObserver<SyncRequest> out = NodeGrpc.newStub(node).sync(new Collecting<>(seen));
    out.onNext(SyncRequest.newBuilder().setSettled(Settled.getDefaultInstance()).build());
    Status status = Status.fromThrowable((Throwable) take(seen));
    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).isEqualTo("the first message is not open");

    BlockingQueue<Object> other = new LinkedBlockingQueue<>();
    out = NodeGrpc.newStub(node).sync(new Collecting<>(other));
    out.onNext(
        SyncRequest.newBuilder()
            .setOpen(Open.newBuilder().setVersion(2).setStartId(startId))
            .build());
    assertThat(Status.fromThrowable((Throwable) take(other)).getDescription())
        .isEqualTo("version: 2 (expected: 1)");
  }

  private static final class Collecting<T> implements StreamObserver<T> {
    private final BlockingQueue<Object> seen;

    Collecting(BlockingQueue<Object> seen) {
      this.seen = seen;
    }

    @Override
    public void onNext(T message) {
      seen.add(message);
    }

    @Override
    public void onError(Throwable error) {
      seen.add(error);
    }

    @Override
    public void onCompleted() {
      seen.add("completed");
    }
  }
}
