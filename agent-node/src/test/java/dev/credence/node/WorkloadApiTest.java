package dev.credence.node;

import static dev.credence.node.NodeRig.OWN_UID;
import static dev.credence.node.NodeRig.take;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.credence.certs.PrivateKeys;
import dev.credence.certs.X509Bundle;
import dev.credence.platform.crypto.CryptoProviders;
import dev.credence.proto.workload.SpiffeWorkloadAPIGrpc;
import dev.credence.proto.workload.X509SVID;
import dev.credence.proto.workload.X509SVIDRequest;
import dev.credence.proto.workload.X509SVIDResponse;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The Workload API from outside: a real socket, this JVM as the caller, a scripted server.
@Timeout(300)
class WorkloadApiTest {
  private final NodeRig rig = new NodeRig();

  @AfterEach
  void close() {
    rig.close();
  }

  // --- header ---

  static Stream<MethodDescriptor<?, ?>> methods() {
    return SpiffeWorkloadAPIGrpc.getServiceDescriptor().getMethods().stream();
  }

  @ParameterizedTest
  @MethodSource("methods")
  <Q, A> void everyMethodDemandsTheHeader(MethodDescriptor<Q, A> method) {
    rig.startAndWait();
    List<Metadata> wrong =
        List.of(
            NodeRig.header(),
            NodeRig.header("TRUE"),
            NodeRig.header("True"),
            NodeRig.header("1"),
            NodeRig.header("yes"),
            NodeRig.header(""),
            NodeRig.header("true", "true"),
            NodeRig.header("true", "false"));
    ManagedChannel channel = rig.connect();
    for (Metadata headers : wrong) {
      Status end = call(channel, method, headers);
      assertThat(end.getCode()).as("%s", headers).isEqualTo(Status.Code.INVALID_ARGUMENT);
      assertThat(end.getDescription()).isEqualTo("security header missing from request");
    }
    assertThat(rig.server.openCalls).hasValue(0);
  }

  private static <Q, A> Status call(
      ManagedChannel channel, MethodDescriptor<Q, A> method, Metadata headers) {
    StreamProbe<Q, A> probe = StreamProbe.greedy();
    var intercepted =
        io.grpc.ClientInterceptors.intercept(
            channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    Q request = method.parseRequest(new java.io.ByteArrayInputStream(new byte[0]));
    ClientCalls.asyncServerStreamingCall(
        intercepted.newCall(
            method.toBuilder().setType(MethodDescriptor.MethodType.SERVER_STREAMING).build(),
            CallOptions.DEFAULT),
        request,
        probe);
    return probe.end();
  }

  @ParameterizedTest
  @MethodSource("methods")
  <Q, A> void withoutAnIdentityOrARequest_theAnswerIsTheStandards(MethodDescriptor<Q, A> method) {
    rig.startAndWait();
    Status.Code expected =
        switch (String.valueOf(method.getBareMethodName())) {
          case "FetchJWTSVID", "ValidateJWTSVID" -> Status.Code.INVALID_ARGUMENT;
          case "FetchWITSVID", "FetchWITBundles" -> Status.Code.UNIMPLEMENTED;
          default -> Status.Code.PERMISSION_DENIED;
        };
    assertThat(call(rig.connect(), method, NodeRig.header("true")).getCode()).isEqualTo(expected);
  }

  @Test
  void anUnknownMethodIsUnimplemented() {
    rig.startAndWait();
    var unknown =
        SpiffeWorkloadAPIGrpc.getFetchX509SVIDMethod().toBuilder()
            .setFullMethodName("SpiffeWorkloadAPI/Nope")
            .build();
    assertThat(call(rig.connect(), unknown, NodeRig.header("true")).getCode())
        .isEqualTo(Status.Code.UNIMPLEMENTED);
  }

  @Test
  void anyAuthorityWillDo() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    for (String authority : List.of("localhost", "tmp.x.sock", "unix", "%2Ftmp%2Fx.sock")) {
      StreamProbe<X509SVIDRequest, X509SVIDResponse> probe = StreamProbe.greedy();
      var call =
          io.grpc.ClientInterceptors.intercept(
                  rig.connect(), MetadataUtils.newAttachHeadersInterceptor(NodeRig.header("true")))
              .newCall(
                  SpiffeWorkloadAPIGrpc.getFetchX509SVIDMethod(),
                  CallOptions.DEFAULT.withAuthority(authority));
      ClientCalls.asyncServerStreamingCall(call, X509SVIDRequest.getDefaultInstance(), probe);
      assertThat(probe.message().getSvidsCount()).isEqualTo(1);
    }
  }

  // --- services beside it ---

  @Test
  void healthAndReflectionNeedNoHeader() {
    rig.server.holdRegistryBack();
    rig.start();
    var health = HealthGrpc.newBlockingStub(rig.connect());
    assertThat(health.check(HealthCheckRequest.getDefaultInstance()).getStatus())
        .isEqualTo(ServingStatus.NOT_SERVING);
    NodeRig.await("connection", rig.server::isConnected);
    rig.server.tellRegistry();
    rig.node().ready().join();
    assertThat(health.check(HealthCheckRequest.getDefaultInstance()).getStatus())
        .isEqualTo(ServingStatus.SERVING);
    assertThat(services())
        .contains(
            "SpiffeWorkloadAPI",
            "credence.local.v1.Local",
            "grpc.health.v1.Health",
            "grpc.reflection.v1.ServerReflection",
            "grpc.reflection.v1alpha.ServerReflection");
  }

  private List<String> services() {
    StreamProbe<ServerReflectionRequest, ServerReflectionResponse> probe = StreamProbe.greedy();
    StreamObserver<ServerReflectionRequest> requests =
        ServerReflectionGrpc.newStub(rig.connect()).serverReflectionInfo(probe);
    requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
    return probe.message().getListServicesResponse().getServiceList().stream()
        .map(service -> service.getName())
        .toList();
  }

  // --- identities ---

  @Test
  void beforeTheFirstSynchronisationTheAnswerIsUnavailable() {
    rig.server.holdRegistryBack();
    rig.start();
    Status end = rig.fetch().end();
    assertThat(end.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(end.getDescription()).isEqualTo(Evaluation.NOT_SYNCHRONISED);
    NodeRig.await("connection", rig.server::isConnected);
    rig.server.register("a", OWN_UID);
    rig.server.tellRegistry();
    rig.node().ready().join();
    assertThat(rig.fetch().message().getSvidsCount()).isEqualTo(1);
  }

  @Test
  void withoutARegistrationTheAnswerIsPermissionDeniedAndTheServerHearsOfIt() {
    rig.server.register("other", "unix:uid:4242");
    rig.startAndWait();
    Status end = rig.fetch().end();
    assertThat(end.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(end.getDescription()).isEqualTo("no identity issued");
    assertThat(rig.fetchBundles().end().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    var refusal = take(rig.server.refusals);
    assertThat(refusal.getReason()).isEqualTo("unregistered");
    assertThat(refusal.getProcess().getMark().getPid())
        .isEqualTo((int) ProcessHandle.current().pid());
    assertThat(refusal.getProcess().getExecutable()).endsWith("java");
    // Of an interpreter such as this one neither path nor digest: all that it runs would be
    // registered.
    assertThat(refusal.getSelectorsList())
        .extracting(it -> it.getType() + ":" + it.getName() + ":" + it.getValue())
        .containsExactly(OWN_UID);
    assertThat(refusal.getUser()).isEqualTo(System.getProperty("user.name"));
  }

  @Test
  void anSvidIsComplete() throws Exception {
    rig.server.registerHinted("a", "the-hint", OWN_UID);
    rig.startAndWait();
    X509SVIDResponse response = rig.fetch().message();
    assertThat(response.getCrlList()).isEmpty();
    assertThat(response.getFederatedBundlesMap()).isEmpty();
    assertThat(response.getSvidsList()).hasSize(1);
    X509SVID svid = response.getSvids(0);
    assertThat(svid.getSpiffeId()).isEqualTo("spiffe://test.example/agent/team/a");
    assertThat(svid.getHint()).isEqualTo("the-hint");
    var keys = PrivateKeys.parsePkcs8(svid.getX509SvidKey().toByteArray(), CryptoProviders.jdk());
    assertThat(keys.getPublic().getEncoded())
        .isEqualTo(NodeRig.leaf(svid).getPublicKey().getEncoded());
    assertThat(X509Bundle.parse(TestAuthority.TRUST_DOMAIN, svid.getBundle().toByteArray()))
        .isEqualTo(rig.server.authority().bundle());
  }

  @Test
  void severalIdentitiesComeInAStableOrderWithUniqueHints() {
    rig.server.registerHinted("first", "same", OWN_UID);
    rig.server.registerHinted("second", "same", OWN_UID);
    rig.server.register("third", OWN_UID);
    rig.startAndWait();
    for (int i = 0; i < 5; i++) {
      X509SVIDResponse response = rig.fetch().message();
      assertThat(response.getSvidsList())
          .extracting(X509SVID::getSpiffeId)
          .map(id -> id.substring(id.lastIndexOf('/') + 1))
          .containsExactly("first", "second", "third");
      assertThat(response.getSvidsList())
          .extracting(X509SVID::getHint)
          .containsExactly("same", "", "");
    }
    assertThat(rig.server.openCalls).hasValue(3);
  }

  @Test
  void streamsOfOneProcessShareOneExecution() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    var one = rig.fetch();
    var two = rig.fetch();
    assertThat(one.message()).isEqualTo(two.message());
    assertThat(rig.server.openCalls).hasValue(1);
    one.cancel();
    two.cancel();
    assertThat(rig.fetch().message().getSvidsCount()).isEqualTo(1);
    assertThat(rig.server.openCalls).hasValue(1);
  }

  @Test
  void bundlesNeedARegistrationButNoExecution() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    var bundles = rig.fetchBundles();
    assertThat(bundles.message().getBundlesMap())
        .containsExactly(
            java.util.Map.entry(
                "spiffe://test.example",
                ByteString.copyFrom(rig.server.authority().bundle().toDer())));
    bundles.assertSilent();
    assertThat(rig.server.openCalls).hasValue(0);
  }

  // --- what happens on an open stream ---

  @Test
  void aNewAuthorityIsPushed() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    var svids = rig.fetch();
    var bundles = rig.fetchBundles();
    X509SVIDResponse before = svids.message();
    bundles.message();
    rig.server.announce(List.of(new TestAuthority(rig.time.instant())));
    X509SVIDResponse after = svids.message();
    assertThat(after.getSvids(0).getBundle()).isNotEqualTo(before.getSvids(0).getBundle());
    assertThat(after.getSvids(0).getX509Svid()).isEqualTo(before.getSvids(0).getX509Svid());
    assertThat(bundles.message().getBundlesMap().values())
        .containsExactly(after.getSvids(0).getBundle());
  }

  @Test
  void aNewRegistrationIsPushedAndTheMessageHoldsEverything() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    var stream = rig.fetch();
    stream.message();
    rig.server.register("unrelated", "unix:uid:4242");
    stream.assertSilent();
    rig.server.register("b", OWN_UID);
    assertThat(stream.message().getSvidsList())
        .extracting(X509SVID::getSpiffeId)
        .containsExactly(
            "spiffe://test.example/agent/team/a", "spiffe://test.example/agent/team/b");
  }

  @Test
  void losingTheLastRegistrationEndsTheStreamAndTheExecution() {
    String registration = rig.server.register("a", OWN_UID);
    rig.startAndWait();
    var stream = rig.fetch();
    stream.message();
    String execution = rig.server.running().getFirst();
    rig.server.unregister(registration);
    assertThat(stream.end().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    var end = take(rig.server.ends);
    assertThat(end.getExecutionId()).isEqualTo(execution);
    assertThat(end.getReason()).isEqualTo("unregistered");
  }

  @Test
  void aChangedRegistrationIsRenewedIfItStillMatches() {
    String registration = rig.server.register("a", OWN_UID);
    rig.startAndWait();
    var stream = rig.fetch();
    String serial = NodeRig.serial(stream.message());
    rig.server.changeHint(registration, "another");
    assertThat(NodeRig.serial(stream.message())).isNotEqualTo(serial);
    assertThat(rig.server.running()).hasSize(1);
    rig.server.change(registration, "unix:uid:4242");
    assertThat(stream.end().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(take(rig.server.ends).getReason()).isEqualTo("unregistered");
  }

  @Test
  void theRenewalIsPushedAtHalfLifeWithANewKey() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    var stream = rig.fetch();
    X509SVID first = stream.message().getSvids(0);
    rig.time.advance(FakeServer.SVID_TTL.multipliedBy(39).dividedBy(100));
    stream.assertSilent();
    rig.time.advance(FakeServer.SVID_TTL.multipliedBy(12).dividedBy(100));
    X509SVID second = stream.message().getSvids(0);
    assertThat(second.getX509SvidKey()).isNotEqualTo(first.getX509SvidKey());
    assertThat(NodeRig.leaf(second).getNotAfter()).isAfter(NodeRig.leaf(first).getNotAfter());
    assertThat(rig.server.renewCalls).hasValue(1);
    assertThat(rig.server.openCalls).hasValue(1);
  }

  @Test
  void nobodyListensSoNothingIsRenewedUntilSomebodyAsks() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    var stream = rig.fetch();
    String serial = NodeRig.serial(stream.message());
    stream.cancel();
    rig.advance(java.time.Duration.ofMinutes(20), java.time.Duration.ofSeconds(30));
    assertThat(rig.server.renewCalls).hasValue(0);
    assertThat(NodeRig.serial(rig.fetch().message())).isNotEqualTo(serial);
    assertThat(rig.server.renewCalls).hasValue(1);
    assertThat(rig.server.running()).hasSize(1);
  }

  @Test
  void anEndByTheServerClosesTheStreamAndTheNextOneOpensAnew() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    var stream = rig.fetch();
    String serial = NodeRig.serial(stream.message());
    String execution = rig.server.running().getFirst();
    rig.server.end(execution);
    assertThat(stream.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(NodeRig.serial(rig.fetch().message())).isNotEqualTo(serial);
    assertThat(rig.server.running()).hasSize(1).doesNotContain(execution);
    assertThat(rig.server.ends).isEmpty();
  }

  @Test
  void stoppingEndsStreamsWithUnavailableAndNoExecution() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    var stream = rig.fetch();
    stream.message();
    rig.node().close();
    assertThat(stream.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(rig.server.ends).isEmpty();
    assertThat(rig.server.running()).hasSize(1);
    assertThat(rig.socket()).doesNotExist();
  }

  // --- load ---

  @Test
  void aSlowReaderGetsTheNewestStateAndBlocksNobody() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    StreamProbe<X509SVIDRequest, X509SVIDResponse> slow = StreamProbe.reluctant();
    rig.workload().fetchX509SVID(X509SVIDRequest.getDefaultInstance(), slow);
    var quick = rig.fetch();
    X509SVIDResponse newest = quick.message();
    // More than transport and kernel hold between us: 100 messages of about 50 kB.
    List<TestAuthority> many =
        Stream.generate(() -> new TestAuthority(rig.time.instant())).limit(200).toList();
    for (int i = 0; i < 100; i++) {
      rig.server.announce(many.subList(i, i + 100));
      newest = quick.message();
    }
    int taken = 0;
    X509SVIDResponse last = null;
    while (!newest.equals(last)) {
      slow.request(1);
      last = slow.message();
      taken++;
    }
    assertThat(taken).isLessThan(100);
  }

  @Test
  void openCallsAreLimited() {
    rig.limits(
        new Limits(
            Limits.usual().connections(),
            new Limits.Streams(100, 100, 3),
            Limits.usual().processes()));
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    var stub = rig.workload();
    var open = Stream.generate(() -> NodeRig.fetch(stub)).limit(3).toList();
    open.forEach(StreamProbe::message);
    Status end = NodeRig.fetch(stub).end();
    assertThat(end.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(end.getDescription()).contains("of this process (expected: at most 3,");
    open.getFirst().cancel();
    NodeRig.await(
        "a place",
        () -> {
          StreamProbe<X509SVIDRequest, X509SVIDResponse> probe = NodeRig.fetch(stub);
          try {
            return probe.message() != null;
          } catch (AssertionError e) {
            return false;
          }
        });
  }

  @Test
  void cancelledStreamsLeaveNothingBehind() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    var stub = rig.workload();
    for (int i = 0; i < 300; i++) {
      var probe = NodeRig.fetch(stub);
      probe.message();
      probe.cancel();
    }
    assertThat(rig.server.openCalls).hasValue(1);
    assertThat(NodeRig.fetch(stub).message().getSvidsCount()).isEqualTo(1);
  }

  @Test
  void tenThousandStreamsOpenedAndResetLeaveEverythingAsBefore() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    var hostile = rig.workload();
    for (int i = 0; i < 10_000; i++) {
      NodeRig.fetch(hostile).cancel();
    }
    var honest = rig.workload();
    NodeRig.await("an answer as before", () -> answers(honest));
    assertThat(rig.server.openCalls).hasValue(1);
    assertThat(rig.server.running()).hasSize(1);
  }

  private static boolean answers(SpiffeWorkloadAPIGrpc.SpiffeWorkloadAPIStub stub) {
    var probe = NodeRig.fetch(stub);
    try {
      return probe.message().getSvidsCount() == 1;
    } catch (AssertionError e) {
      return false; // its calls are still counted
    } finally {
      probe.cancel();
    }
  }

  @Test
  void manyStreamsAtOnce() {
    rig.limits(
        new Limits(
            new dev.credence.transport.ConnectionLimits(100, 100, 100),
            new Limits.Streams(2000, 2000, 2000),
            Limits.usual().processes()));
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    var probes =
        Stream.generate(rig::workload)
            .limit(10)
            .flatMap(stub -> Stream.generate(() -> NodeRig.fetch(stub)).limit(100))
            .toList();
    probes.forEach(StreamProbe::message);
    rig.server.announce(List.of(new TestAuthority(rig.time.instant())));
    probes.forEach(StreamProbe::message);
    assertThat(rig.server.openCalls).hasValue(1);
  }
}
