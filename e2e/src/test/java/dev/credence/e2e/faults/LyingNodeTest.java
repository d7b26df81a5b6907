package dev.credence.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.credence.certs.Certificates;
import dev.credence.e2e.client.Keys;
import dev.credence.e2e.client.Processes;
import dev.credence.e2e.client.RawNode;
import dev.credence.e2e.client.RequestIds;
import dev.credence.e2e.client.SyncSession;
import dev.credence.e2e.rig.Rig;
import dev.credence.proto.node.v1.EndExecutionRequest;
import dev.credence.proto.node.v1.Lease;
import dev.credence.proto.node.v1.NodeGrpc;
import dev.credence.proto.node.v1.RenewExecutionRequest;
import dev.credence.proto.node.v1.SyncRequest;
import dev.credence.proto.node.v1.SyncResponse;
import io.grpc.Metadata;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("a node that lies gets nothing that is not meant for it")
class LyingNodeTest {

  private static final Metadata.Key<String> ERROR =
      Metadata.Key.of("credence-error", Metadata.ASCII_STRING_MARSHALLER);
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String UID = "unix:uid:4000000";

  private static Rig rig;
  private static RawNode node;
  private static SyncSession session;

  @BeforeAll
  static void start() throws Exception {
    rig = Rig.start();
    rig.agent("finance", "made-up").forProcesses(UID);
    rig.agent("finance", "elsewhere").onNodes("node:label:room:vault").forProcesses(UID);
    node = rig.lyingNode();
    session = node.sync();
  }

  @AfterAll
  static void stop() {
    session.close();
    node.close();
    rig.close();
  }

  static Stream<Arguments> requests() {
    return Stream.of(
        row("forged: the signature is another's", Requests::forged),
        row("oversized", Requests::oversized),
        row("with bytes after its end", Requests::trailing),
        row("cut off", Requests::truncated),
        row("no request at all", Requests::noise),
        row("empty", () -> ByteString.EMPTY),
        row("RSA of 1024 bits", Requests::weakRsa),
        row("RSA with exponent 3", Requests::smallExponent),
        row("signed with SHA-1", Requests::sha1),
        row("Ed25519", Requests::ed25519));
  }

  private static Arguments row(String what, Callable<ByteString> request) {
    return Arguments.of(what, request);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("requests")
  @DisplayName("XL-18: a CSR that is unusable is INVALID_ARGUMENT, and an event; nothing begins")
  void unusable(String what, Callable<ByteString> request) throws Exception {
    var csr = request.call();
    var before = rig.admin().executions(true).size();
    var registration = session.registration("made-up");
    refused(Code.INVALID_ARGUMENT, () -> node.open(registration, Processes.claimed(UID), csr));
    assertThat(rig.admin().executions(true)).as("executions after: " + what).hasSize(before);
    assertThat(rig.admin().events())
        .anyMatch(
            event -> event.getKind().equals("refused") && event.getNodeId().equals(node.id()));
  }

  @Test
  @DisplayName("XL-10: nothing of a CSR is taken but its key")
  void greedy() throws Exception {
    var csr = Requests.greedy("spiffe://" + rig.trustDomain() + "/server");
    var issued = node.open(session.registration("made-up"), Processes.claimed(UID), csr);
    var leaf = Certificates.parseChain(issued.getX509Svid().toByteArray()).getFirst();
    assertThat(leaf.getSubjectAlternativeNames()).containsExactly(List.of(6, issued.getSpiffeId()));
    assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
    assertThat(leaf.getSubjectX500Principal().getName())
        .contains("CN=made-up")
        .doesNotContain("root");
  }

  @Test
  @DisplayName(
      "a key that was certified before is refused, for another execution and for a renewal")
  void keyReused() throws Exception {
    var registration = session.registration("made-up");
    var csr = Keys.request();
    var first = node.open(registration, Processes.claimed(UID), csr);
    assertThat(
            refused(
                Code.INVALID_ARGUMENT, () -> node.open(registration, Processes.claimed(UID), csr)))
        .isEqualTo("key-reused");
    var renewal =
        RenewExecutionRequest.newBuilder()
            .setRequestId(RequestIds.next())
            .setStartId(node.startId())
            .setExecutionId(first.getExecutionId())
            .setAttestation(rig.admin().execution(first.getExecutionId()).getAttestation())
            .setCsr(csr);
    refused(Code.INVALID_ARGUMENT, () -> node.calls().renewExecution(renewal.build()));
  }

  @Test
  @DisplayName("the same request id gets the same answer; with another question it is refused")
  void requestId() throws Exception {
    var registration = session.registration("made-up");
    var request = node.request(registration, Processes.claimed(UID), Keys.request());
    var first = node.calls().openExecution(request.build());
    assertThat(node.calls().openExecution(request.build())).isEqualTo(first);
    refused(
        Code.INVALID_ARGUMENT,
        () -> node.calls().openExecution(request.setCsr(Keys.request()).build()));
  }

  @Test
  @DisplayName("selectors that do not match are refused by the server, whatever the node says")
  void selectors() throws Exception {
    var registration = session.registration("made-up");
    refused(
        Code.PERMISSION_DENIED,
        () -> node.open(registration, Processes.claimed("unix:uid:1"), Keys.request()));
    refused(
        Code.INVALID_ARGUMENT, () -> node.open(registration, Processes.claimed(), Keys.request()));
  }

  @Test
  @DisplayName("a registration for other nodes is neither shown nor usable")
  void otherNodes() throws Exception {
    var elsewhere =
        rig.admin().subjects(dev.credence.proto.common.v1.SubjectKind.SUBJECT_KIND_AGENT).stream()
            .filter(it -> it.getName().equals("elsewhere"))
            .findFirst()
            .orElseThrow();
    assertThat(session.pushed().all().toString())
        .doesNotContain("elsewhere")
        .doesNotContain(elsewhere.getId());
    var own = session.registration("made-up");
    var forged =
        own.toBuilder()
            .setRegistrationId(elsewhere.getRegistrations(0).getId())
            .setRevision(elsewhere.getRevision())
            .build();
    refused(
        Code.PERMISSION_DENIED, () -> node.open(forged, Processes.claimed(UID), Keys.request()));
  }

  @Test
  @DisplayName("another start id than the stream's is behind")
  void startId() throws Exception {
    var request =
        node.request(session.registration("made-up"), Processes.claimed(UID), Keys.request())
            .setStartId(RequestIds.next());
    refused(Code.FAILED_PRECONDITION, () -> node.calls().openExecution(request.build()));
  }

  @Test
  @DisplayName("another node's executions can neither be renewed nor ended")
  void otherExecutions() throws Exception {
    var mine = node.open(session.registration("made-up"), Processes.claimed(UID), Keys.request());
    try (var other = rig.lyingNode();
        var theirs = other.sync()) {
      assertThat(theirs.registration("made-up").getRegistrationId()).isNotEmpty();
      var renewal =
          RenewExecutionRequest.newBuilder()
              .setRequestId(RequestIds.next())
              .setStartId(other.startId())
              .setExecutionId(mine.getExecutionId())
              .setAttestation(Processes.claimed(UID))
              .setCsr(Keys.request());
      var denied = code(() -> other.calls().renewExecution(renewal.build()));
      assertThat(denied).isIn(Code.NOT_FOUND, Code.PERMISSION_DENIED);
      var end =
          EndExecutionRequest.newBuilder()
              .setRequestId(RequestIds.next())
              .setStartId(other.startId())
              .setExecutionId(mine.getExecutionId())
              .setReason("process-exited");
      var ended = code(() -> other.calls().endExecution(end.build()));
      assertThat(ended).isIn(Code.NOT_FOUND, Code.PERMISSION_DENIED, Code.OK);
      assertThat(rig.admin().execution(mine.getExecutionId()).hasEndedAt()).isFalse();
    }
  }

  @Test
  @DisplayName("without an SVID nothing but attestation answers; that is an event")
  void anonymous() throws Exception {
    var channel = rig.contact().connect();
    try {
      var open = NodeGrpc.newBlockingStub(channel);
      var code =
          code(() ->
              open.openExecution(
                  node.request(
                          session.registration("made-up"), Processes.claimed(UID), Keys.request())
                      .build()));
      assertThat(code).isIn(Code.UNAUTHENTICATED, Code.PERMISSION_DENIED);
      assertThat(rig.admin().events())
          .anyMatch(event ->
              event.getKind().equals("refused") && event.getActor().startsWith("anonymous"));
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  @DisplayName("a node that opens streams in a loop is told so, and other nodes do not notice")
  void flood() throws Exception {
    try (var flooding = rig.lyingNode()) {
      String told = "";
      for (int i = 0; i < 400 && told.isEmpty(); i++) {
        try (var stream = flooding.open(RequestIds.next())) {
          var end = stream.pushed().firstOrEnd(SyncResponse::hasWelcome, SOON);
          told = end.filter(it -> it.contains("RESOURCE_EXHAUSTED")).orElse("");
        }
      }
      assertThat(told).contains("too many streams opened");
      try (var other = rig.lyingNode();
          var stream = other.sync()) {
        var issued =
            other.open(stream.registration("made-up"), Processes.claimed(UID), Keys.request());
        assertThat(issued.getExecutionId()).isNotEmpty();
      }
      assertThat(rig.admin().events())
          .anyMatch(event ->
              event.getKind().equals("refused")
                  && event.getNodeId().equals(flooding.id())
                  && event.getDetailsOrDefault("error", "").equals("EXHAUSTED"));
    }
  }

  @Test
  @DisplayName("who has a node's key and only opens its stream gets nothing, and says nothing")
  void unsettled() throws Exception {
    try (var thief = rig.lyingNode()) {
      try (var stream = thief.open(thief.startId())) {
        assertThat(stream.pushed().firstOrEnd(SyncResponse::hasWelcome, SOON)).isEmpty();
        stream.send(SyncRequest.newBuilder().setLease(Lease.getDefaultInstance()));
        assertThat(stream.pushed().ended(SOON)).contains("INVALID_ARGUMENT");
      }
      refused(
          Code.FAILED_PRECONDITION,
          () ->
              thief.open(session.registration("made-up"), Processes.claimed(UID), Keys.request()));
    }
  }

  @Test
  @DisplayName("a newer stream of the same node replaces the older one, which ends with ABORTED")
  void replaced() throws Exception {
    try (var other = rig.lyingNode();
        var first = other.sync();
        var second = other.sync()) {
      assertThat(first.pushed().ended(java.time.Duration.ofSeconds(60))).contains("ABORTED");
      assertThat(second.registration("made-up").getName()).isEqualTo("made-up");
    }
  }

  /// Gives the kind of error that the trailer names, for people who script.
  private static String refused(Code expected, ThrowingCallable call) {
    var kind = new String[] {""};
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).as(e.getStatus().toString()).isEqualTo(expected);
              assertThat(e.getStatus().getDescription()).as("a reason for people").isNotBlank();
              var trailers = e.getTrailers();
              kind[0] = String.valueOf(trailers == null ? "" : trailers.get(ERROR));
            });
    return kind[0];
  }

  private static Code code(Callable<?> call) throws Exception {
    try {
      call.call();
      return Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }
}
