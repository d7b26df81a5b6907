package dev.credence.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.credence.attestors.join.EnrollmentToken;
import dev.credence.certs.Certificates;
import dev.credence.certs.Id;
import dev.credence.certs.Identity;
import dev.credence.certs.Name;
import dev.credence.certs.X509Svid;
import dev.credence.proto.admin.v1.AdministratorLifeRequest;
import dev.credence.proto.admin.v1.AdministratorSvid;
import dev.credence.proto.admin.v1.AdministratorsGrpc;
import dev.credence.proto.admin.v1.ChangeOptions;
import dev.credence.proto.admin.v1.CreateOwnerRequest;
import dev.credence.proto.admin.v1.EndsGrpc;
import dev.credence.proto.admin.v1.EnrollAdministratorRequest;
import dev.credence.proto.admin.v1.EnrollmentGrpc;
import dev.credence.proto.admin.v1.Event;
import dev.credence.proto.admin.v1.EventsGrpc;
import dev.credence.proto.admin.v1.GetRequest;
import dev.credence.proto.admin.v1.ListEventsRequest;
import dev.credence.proto.admin.v1.ListRequest;
import dev.credence.proto.admin.v1.NodeDecisionRequest;
import dev.credence.proto.admin.v1.NodesGrpc;
import dev.credence.proto.admin.v1.OwnAdministratorGrpc;
import dev.credence.proto.admin.v1.OwnersGrpc;
import dev.credence.proto.admin.v1.RedeemEnrollmentRequest;
import dev.credence.proto.admin.v1.RenewAdministratorRequest;
import dev.credence.proto.admin.v1.WhoAmIRequest;
import dev.credence.server.rig.RpcRig;
import dev.credence.server.rig.TestSvids;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An administrator over real TLS: first contact, calls, renewal, the end of it on an open
/// connection.
class AdministratorFlowTest {
  private RpcRig rig;
  private Channel local;

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    rig = new RpcRig(folder);
    local = rig.administrator();
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  private static ByteString id() {
    return ByteString.copyFrom(Id.random(new java.security.SecureRandom()).bytes());
  }

  private EnrollmentToken enroll(String name, String role) {
    var answer =
        AdministratorsGrpc.newBlockingStub(local)
            .enrollAdministrator(
                EnrollAdministratorRequest.newBuilder()
                    .setRequestId(id())
                    .setName(name)
                    .setRole(role)
                    .build());
    return EnrollmentToken.parse(answer.getToken());
  }

  private AdministratorSvid redeem(EnrollmentToken token, KeyPair keys) {
    return EnrollmentGrpc.newBlockingStub(rig.anonymous())
        .redeem(
            RedeemEnrollmentRequest.newBuilder()
                .setRequestId(id())
                .setSecret(ByteString.copyFrom(token.contents().secret().reveal()))
                .setCsr(ByteString.copyFrom(TestSvids.csr(keys)))
                .build());
  }

  private Channel as(AdministratorSvid svid, KeyPair keys) throws Exception {
    var chain = new ByteArrayOutputStream();
    svid.getChainList().forEach(der -> chain.writeBytes(der.toByteArray()));
    return rig.with(
        rig.svids.fixed(X509Svid.of(Certificates.parseChain(chain.toByteArray()), keys)));
  }

  private Channel enrolled(String name, String role) throws Exception {
    KeyPair keys = TestSvids.keys();
    return as(redeem(enroll(name, role), keys), keys);
  }

  private void suspend(String name) {
    var _ =
        AdministratorsGrpc.newBlockingStub(local)
            .suspendAdministrator(
                AdministratorLifeRequest.newBuilder()
                    .setOptions(ChangeOptions.newBuilder().setRequestId(id()))
                    .setReference(name)
                    .build());
  }

  private static CreateOwnerRequest owner(String name) {
    return CreateOwnerRequest.newBuilder()
        .setRequestId(id())
        .setName(name)
        .setHuman("ada")
        .setReason("because")
        .build();
  }

  private static Status refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return catchThrowableOfType(StatusRuntimeException.class, call).getStatus();
  }

  @Test
  void enrolls_calls_renews() throws Exception {
    KeyPair keys = TestSvids.keys();
    Channel ada = as(redeem(enroll("ada", "operator"), keys), keys);
    assertThat(OwnersGrpc.newBlockingStub(ada).createOwner(owner("team")).getName())
        .isEqualTo("team");
    AdministratorSvid renewed =
        OwnAdministratorGrpc.newBlockingStub(ada)
            .renewSvid(
                RenewAdministratorRequest.newBuilder()
                    .setRequestId(id())
                    .setCsr(ByteString.copyFrom(TestSvids.csr(keys)))
                    .build());
    assertThat(renewed.getSpiffeId()).isEqualTo("spiffe://example.org/admin/ada");
    var self =
        OwnAdministratorGrpc.newBlockingStub(as(renewed, keys))
            .whoAmI(WhoAmIRequest.getDefaultInstance());
    assertThat(self.getRole()).isEqualTo("operator");
    var created =
        EventsGrpc.newBlockingStub(local)
            .listEvents(ListEventsRequest.newBuilder().setKind("owner-created").build())
            .getEvents(0);
    assertThat(created.getActor()).isEqualTo("admin:ada");
    assertThat(created.getDetailsMap()).containsEntry("reason", "because");
  }

  @Test
  void tokenUsedTwice_withAnotherKey_isRefused_andAnEvent() {
    EnrollmentToken token = enroll("ada", "operator");
    var _ = redeem(token, TestSvids.keys());
    Status status = refused(() -> redeem(token, TestSvids.keys()));
    assertThat(status.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(status.getDescription()).isEqualTo("enrolment token refused");
    assertThat(
            EventsGrpc.newBlockingStub(local)
                .listEvents(ListEventsRequest.newBuilder().setKind("refused").build())
                .getEventsList())
        .anySatisfy(event ->
            assertThat(event.getDetailsMap().get("reason")).contains("by another key, for ada"));
  }

  @Test
  void aStream_endsWithTheSvidThatOpenedIt_andGoesOnWithARenewedOne() throws Exception {
    KeyPair keys = TestSvids.keys();
    Channel renewed = as(redeem(enroll("ann", "auditor"), keys), keys);
    Channel ending =
        rig.with(
            rig.svids.ending(
                new Identity.Administrator(new Name("ann")), keys, Duration.ofSeconds(4)));
    var first = new CountDownLatch(1);
    Status status = follow(ending, first).get(60, TimeUnit.SECONDS);
    assertThat(first.getCount()).isZero();
    assertThat(status.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(status.getDescription())
        .startsWith("admin:ann: the SVID that this stream was opened with expired at ")
        .contains("credence admin renew", "login");
    var again = new CountDownLatch(1);
    var open = follow(renewed, again);
    assertThat(again.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(open).isNotDone();
  }

  @Test
  void suspension_countsOnTheOpenConnection_andCutsTheOpenStream() throws Exception {
    Channel ann = enrolled("ann", "auditor");
    var first = new CountDownLatch(1);
    var end = follow(ann, first);
    assertThat(first.await(60, TimeUnit.SECONDS)).isTrue();
    suspend("ann");
    Status status = end.get(60, TimeUnit.SECONDS);
    assertThat(status.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(status.getDescription())
        .isEqualTo("administrator ann: suspended (expected: active)");
    Status next =
        refused(() -> OwnersGrpc.newBlockingStub(ann).listOwners(ListRequest.getDefaultInstance()));
    assertThat(next.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
  }

  /// How it ends.
  private static CompletableFuture<Status> follow(Channel channel, CountDownLatch first) {
    var end = new CompletableFuture<Status>();
    EventsGrpc.newStub(channel)
        .followEvents(
            ListEventsRequest.getDefaultInstance(),
            new StreamObserver<>() {
              @Override
              public void onNext(Event event) {
                first.countDown();
              }

              @Override
              public void onError(Throwable error) {
                end.complete(Status.fromThrowable(error));
              }

              @Override
              public void onCompleted() {
                end.complete(Status.OK);
              }
            });
    return end;
  }

  @Test
  void dryRunOfANodesBan_isToldToWhoMayBanIt_andChangesNothing() throws Exception {
    String node = TestNodes.attest(rig).id().toString();
    var asked = NodeDecisionRequest.newBuilder().setNodeId(node).setDryRun(true).build();
    Channel ada = enrolled("ada", "operator");
    for (Channel channel : List.of(local, ada)) {
      var told = EndsGrpc.newBlockingStub(channel).banNode(asked);
      assertThat(told.getChange().getDone()).isFalse();
      assertThat(told.getChange().getFieldsList())
          .allSatisfy(it -> assertThat(it.getThing()).isEqualTo("node " + node))
          .extracting(it -> it.getField() + ": " + it.getBefore() + " → " + it.getAfter())
          .containsExactly("state: active → banned", "own-svids: accepted → revoked");
      assertThat(told.getNode().getState()).isEqualTo("active");
    }
    Channel ann = enrolled("ann", "auditor");
    Status status = refused(() -> EndsGrpc.newBlockingStub(ann).banNode(asked));
    assertThat(status.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(status.getDescription())
        .isEqualTo("administrator ann: auditor may not (expected: role operator)");
    assertThat(state(node)).isEqualTo("active");
  }

  /// A server that knows no dry run sees the second of these: it must not do it.
  @Test
  void dryRunOfANodesBan_hasNoRequestId_andADecisionHasOne() throws Exception {
    String node = TestNodes.attest(rig).id().toString();
    var both =
        NodeDecisionRequest.newBuilder().setNodeId(node).setDryRun(true).setRequestId(id()).build();
    Status status = refused(() -> EndsGrpc.newBlockingStub(local).banNode(both));
    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).startsWith("request_id: with dry_run (expected: none");
    var neither = NodeDecisionRequest.newBuilder().setNodeId(node).build();
    assertThat(refused(() -> EndsGrpc.newBlockingStub(local).banNode(neither)).getCode())
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(state(node)).isEqualTo("active");
  }

  private String state(String node) {
    return NodesGrpc.newBlockingStub(local)
        .getNode(GetRequest.newBuilder().setReference(node).build())
        .getState();
  }

  @Test
  void refusal_saysWhichRoleIsNeeded_andIsAnEventOfTheAdministrator() throws Exception {
    Channel ann = enrolled("ann", "auditor");
    Status status = refused(() -> OwnersGrpc.newBlockingStub(ann).createOwner(owner("x")));
    assertThat(status.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(status.getDescription())
        .isEqualTo("administrator ann: auditor may not (expected: role operator)");
    assertThat(
            EventsGrpc.newBlockingStub(local)
                .listEvents(ListEventsRequest.newBuilder().setKind("refused").build())
                .getEventsList())
        .anySatisfy(event -> {
          assertThat(event.getActor()).isEqualTo("admin:ann");
          assertThat(event.getDetailsMap()).containsEntry("operation", "create-owner");
        });
  }

  @Test
  void administrators_areChangedAtTheLocalSocketOnly() throws Exception {
    Channel ada = enrolled("ada", "operator");
    Status status =
        refused(() ->
            AdministratorsGrpc.newBlockingStub(ada)
                .enrollAdministrator(
                    EnrollAdministratorRequest.newBuilder()
                        .setRequestId(id())
                        .setName("second")
                        .setRole("operator")
                        .build()));
    assertThat(status.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(status.getDescription())
        .contains("may not call")
        .endsWith("(expected: at the server's local socket)");
    assertThat(
            AdministratorsGrpc.newBlockingStub(ada)
                .listAdministrators(ListRequest.getDefaultInstance())
                .getAdministratorsCount())
        .isEqualTo(1);
  }
}
