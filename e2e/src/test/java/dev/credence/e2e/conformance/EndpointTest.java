package dev.credence.e2e.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.e2e.client.Listening;
import dev.credence.e2e.client.WorkloadApi;
import dev.credence.e2e.rig.Rig;
import dev.credence.proto.workload.JWTBundlesRequest;
import dev.credence.proto.workload.JWTSVIDRequest;
import dev.credence.proto.workload.SpiffeWorkloadAPIGrpc;
import dev.credence.proto.workload.ValidateJWTSVIDRequest;
import dev.credence.proto.workload.WITBundlesRequest;
import dev.credence.proto.workload.WITSVIDRequest;
import dev.credence.proto.workload.X509BundlesRequest;
import dev.credence.proto.workload.X509SVIDRequest;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Workload API: endpoint and header")
class EndpointTest {

  private static final Duration SOON = Duration.ofSeconds(60);

  private static Rig rig;
  private static WorkloadApi api;

  @BeforeAll
  static void start() throws Exception {
    rig = Rig.start();
    api = rig.workload();
    rig.agent("finance", "invoice-bot").forThisProcess();
  }

  @AfterAll
  static void stop() {
    rig.close();
  }

  /// Each RPC of the service, as a call that gives its final status.
  private static List<Rpc> rpcs() {
    return List.of(
        new Rpc(
            "FetchX509SVID",
            stub -> Listening.to("", X509SVIDRequest.getDefaultInstance(), stub::fetchX509SVID)),
        new Rpc(
            "FetchX509Bundles",
            stub ->
                Listening.to("", X509BundlesRequest.getDefaultInstance(), stub::fetchX509Bundles)),
        new Rpc(
            "FetchJWTSVID",
            stub ->
                Listening.to(
                    "", JWTSVIDRequest.newBuilder().addAudience("a").build(), stub::fetchJWTSVID)),
        new Rpc(
            "FetchJWTBundles",
            stub ->
                Listening.to("", JWTBundlesRequest.getDefaultInstance(), stub::fetchJWTBundles)),
        new Rpc(
            "ValidateJWTSVID",
            stub ->
                Listening.to(
                    "",
                    ValidateJWTSVIDRequest.newBuilder().setAudience("a").setSvid("b").build(),
                    stub::validateJWTSVID)),
        new Rpc(
            "FetchWITSVID",
            stub -> Listening.to("", WITSVIDRequest.getDefaultInstance(), stub::fetchWITSVID)),
        new Rpc(
            "FetchWITBundles",
            stub ->
                Listening.to("", WITBundlesRequest.getDefaultInstance(), stub::fetchWITBundles)));
  }

  private record Rpc(
      String name, Function<SpiffeWorkloadAPIGrpc.SpiffeWorkloadAPIStub, Listening<?>> call) {
    Status status(SpiffeWorkloadAPIGrpc.SpiffeWorkloadAPIStub stub) throws InterruptedException {
      try (var listening = call.apply(stub)) {
        return listening.ended(SOON);
      }
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Arguments> wrongHeaders() {
    var none = Arguments.of("EP-04: no header", (Object) new String[0]);
    var two = Arguments.of("EP-06: two values", (Object) new String[] {"true", "true"});
    var others =
        Stream.of("TRUE", "True", "1", "yes", "", "false", "true,true")
            .map(value -> Arguments.of("EP-05: \"" + value + "\"", (Object) new String[] {value}));
    return Stream.concat(Stream.of(none, two), others);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrongHeaders")
  @DisplayName(
      "EP-04 EP-05 EP-06: a missing or wrong security header is INVALID_ARGUMENT on each RPC")
  void header(String what, String[] values) throws Exception {
    for (var rpc : rpcs()) {
      var status = rpc.status(api.stub(values));
      assertThat(status.getCode())
          .as("%s, %s: %s", what, rpc, status)
          .isEqualTo(Code.INVALID_ARGUMENT);
      assertThat(status.getDescription())
          .as("%s, %s", what, rpc)
          .isEqualTo("security header missing from request");
    }
  }

  @Test
  @DisplayName(
      "EP-01 EP-02 EP-03: plaintext gRPC on the socket, with no credentials but the header")
  void plaintext() throws Exception {
    assertThat(api.fetchX509Svids().getSvidsList()).isNotEmpty();
  }

  @Test
  @DisplayName("WT-01: what is not built yet answers UNIMPLEMENTED, with the header")
  void unimplemented() throws Exception {
    for (var rpc : rpcs().subList(5, 7)) {
      assertThat(rpc.status(api.stub()).getCode()).as(rpc.name()).isEqualTo(Code.UNIMPLEMENTED);
    }
  }

  @Test
  @DisplayName(
      "EP-07: the header is checked before the caller: nobody's process without a header is"
          + " INVALID_ARGUMENT")
  void headerFirst() throws Exception {
    try (var other = Rig.start();
        var stream =
            Listening.to(
                "",
                X509SVIDRequest.getDefaultInstance(),
                other.workload().stub(new String[0])::fetchX509SVID)) {
      assertThat(stream.ended(SOON).getCode()).isEqualTo(Code.INVALID_ARGUMENT);
      assertThat(other.admin().events()).noneMatch(event -> event.getKind().equals("unregistered"));
    }
  }

  @Test
  @DisplayName("EP-08 EP-09: reflection lists the service and health; both work without the header")
  void reflection() throws Exception {
    try (var stream =
        Listening.<ServerReflectionRequest, ServerReflectionResponse>to(
            "services", listServices(), EndpointTest::reflect)) {
      var names =
          stream.next(0, SOON).getListServicesResponse().getServiceList().stream()
              .map(service -> service.getName())
              .toList();
      assertThat(names)
          .contains("SpiffeWorkloadAPI", "grpc.health.v1.Health", "credence.local.v1.Local");
    }
    var health =
        HealthGrpc.newBlockingStub(api.channel()).check(HealthCheckRequest.getDefaultInstance());
    assertThat(health.getStatus()).isEqualTo(ServingStatus.SERVING);
  }

  private static ServerReflectionRequest listServices() {
    return ServerReflectionRequest.newBuilder().setListServices("").build();
  }

  private static void reflect(
      ServerReflectionRequest request, StreamObserver<ServerReflectionResponse> answers) {
    ServerReflectionGrpc.newStub(api.channel()).serverReflectionInfo(answers).onNext(request);
  }

  @Test
  @DisplayName("EP-10: an unknown method of the service is UNIMPLEMENTED")
  void unknownMethod() throws Exception {
    var known = SpiffeWorkloadAPIGrpc.getFetchX509SVIDMethod();
    var unknown =
        known.toBuilder()
            .setFullMethodName(MethodDescriptor.generateFullMethodName("SpiffeWorkloadAPI", "Nope"))
            .build();
    var header = new Metadata();
    header.put(WorkloadApi.HEADER, "true");
    var channel =
        io.grpc.ClientInterceptors.intercept(
            api.channel(), MetadataUtils.newAttachHeadersInterceptor(header));
    try (var stream =
        Listening.<X509SVIDRequest, dev.credence.proto.workload.X509SVIDResponse>to(
            "nothing",
            X509SVIDRequest.getDefaultInstance(),
            (request, answers) ->
                ClientCalls.asyncServerStreamingCall(
                    channel.newCall(unknown, CallOptions.DEFAULT), request, answers))) {
      assertThat(stream.ended(SOON).getCode()).isEqualTo(Code.UNIMPLEMENTED);
    }
  }

  @Test
  @DisplayName("EP-11: any :authority is accepted")
  void authority() throws Exception {
    for (var authority : List.of("localhost", "unix", "example.org:443", "%2Ftmp%2Fapi.sock")) {
      var stub = api.stub();
      var options = stub.getCallOptions().withAuthority(authority);
      try (var stream =
          Listening.<X509SVIDRequest, dev.credence.proto.workload.X509SVIDResponse>to(
              "SVIDs",
              X509SVIDRequest.getDefaultInstance(),
              (request, answers) ->
                  ClientCalls.asyncServerStreamingCall(
                      stub.getChannel()
                          .newCall(SpiffeWorkloadAPIGrpc.getFetchX509SVIDMethod(), options),
                      request,
                      answers))) {
        assertThat(stream.next(0, SOON).getSvidsList()).as(authority).isNotEmpty();
      }
    }
  }

  @Test
  @DisplayName("EP-13: other users may connect; the folder's rights decide")
  void mode() throws Exception {
    assertThat(Files.getPosixFilePermissions(rig.node().socket()))
        .contains(PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE);
  }

  @Test
  @DisplayName("EP-14: who calls is what the kernel says, not what metadata says")
  void metadata() throws Exception {
    var lies = new Metadata();
    for (var name : List.of("pid", "uid", "x-pid", "spiffe-id", "credence-pid")) {
      lies.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), "1");
    }
    var stub = api.stub().withInterceptors(MetadataUtils.newAttachHeadersInterceptor(lies));
    try (var stream =
        Listening.to("SVIDs", X509SVIDRequest.getDefaultInstance(), stub::fetchX509SVID)) {
      assertThat(stream.next(0, SOON).getSvids(0).getSpiffeId())
          .endsWith("/agent/finance/invoice-bot");
    }
  }

  @Test
  @DisplayName(
      "EP-17 EP-19: shut-down ends streams as UNAVAILABLE; before the first word from the server:"
          + " UNAVAILABLE; then served")
  void unsynchronised() throws Exception {
    try (var other = Rig.start()) {
      other.agent("finance", "invoice-bot").forThisProcess();
      try (var stream = other.workload().openX509Svids()) {
        assertThat(stream.next(0, SOON).getSvidsList()).hasSize(1);
        other.node().stop();
        assertThat(stream.ended(SOON).getCode()).isEqualTo(Code.UNAVAILABLE);
      }
      other.stopServer();
      other.node().startUnsynchronised();
      try (var api = WorkloadApi.at(other.node().socket());
          var stream = api.openX509Svids()) {
        assertThat(stream.ended(SOON).getCode()).isEqualTo(Code.UNAVAILABLE);
      }
    }
  }
}
