package dev.credence.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.credence.certs.Id;
import dev.credence.certs.X509Svid;
import dev.credence.proto.admin.v1.Event;
import dev.credence.proto.admin.v1.EventsGrpc;
import dev.credence.proto.admin.v1.ListEventsRequest;
import dev.credence.proto.admin.v1.ListUnregisteredRequest;
import dev.credence.proto.admin.v1.Unregistered;
import dev.credence.proto.common.v1.Process;
import dev.credence.proto.common.v1.Selector;
import dev.credence.proto.node.v1.NodeGrpc;
import dev.credence.proto.node.v1.Open;
import dev.credence.proto.node.v1.Refusal;
import dev.credence.proto.node.v1.Refusals;
import dev.credence.proto.node.v1.Settled;
import dev.credence.proto.node.v1.SyncRequest;
import dev.credence.proto.node.v1.SyncResponse;
import dev.credence.server.rig.RpcRig;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The inventory of what asks, over the wire: reported by nodes, listed for administrators.
class UnregisteredTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int PROGRAMS = 100;

  private RpcRig rig;
  private Channel admin;

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    rig = new RpcRig(folder);
    admin = rig.administrator();
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  /// A node with its stream.
  private final class Reporter {
    final Id id;
    final StreamObserver<SyncRequest> out;

    Reporter() throws Exception {
      var joined = TestNodes.join(rig);
      id = joined.svid().node();
      Channel channel =
          rig.with(rig.svids.fixed(X509Svid.of(joined.svid().chain(), joined.keys())));
      out = NodeGrpc.newStub(channel).sync(new Deaf());
      send(
          Open.newBuilder()
              .setVersion(1)
              .setStartId(ByteString.copyFrom(Id.random(RANDOM).bytes()))
              .build());
      out.onNext(SyncRequest.newBuilder().setSettled(Settled.getDefaultInstance()).build());
    }

    private void send(Open open) {
      out.onNext(SyncRequest.newBuilder().setOpen(open).build());
    }

    void report(Stream<Refusal> refusals) {
      out.onNext(
          SyncRequest.newBuilder()
              .setRefusals(Refusals.newBuilder().addAllRefusals(refusals.toList()))
              .build());
    }
  }

  private static final class Deaf implements StreamObserver<SyncResponse> {
    @Override
    public void onNext(SyncResponse message) {}

    @Override
    public void onError(Throwable error) {}

    @Override
    public void onCompleted() {}
  }

  private static Refusal refusal(int uid, String executable, long count) {
    return Refusal.newBuilder()
        .setReason("unregistered")
        .setProcess(Process.newBuilder().setUid(uid).setGid(uid).setExecutable(executable))
        .setCount(count)
        .setUser("user" + uid)
        .addSelectors(
            Selector.newBuilder().setType("unix").setName("uid").setValue(Integer.toString(uid)))
        .build();
  }

  /// Blocks until that many were written.
  private void written(int events) {
    Iterator<Event> all =
        EventsGrpc.newBlockingStub(admin)
            .withDeadlineAfter(60, TimeUnit.SECONDS)
            .followEvents(ListEventsRequest.newBuilder().setKind("unregistered").build());
    for (int i = 0; i < events; i++) {
      assertThat(all.next().getKind()).isEqualTo("unregistered");
    }
  }

  private List<Unregistered> listed(ListUnregisteredRequest.Builder request) {
    List<Unregistered> rows = new ArrayList<>();
    do {
      var page = EventsGrpc.newBlockingStub(admin).listUnregistered(request.build());
      assertThat(page.getRowsCount()).isBetween(1, request.getPageSize());
      rows.addAll(page.getRowsList());
      request.setPageToken(page.getNextPageToken());
    } while (!request.getPageToken().isEmpty());
    return rows;
  }

  private static ListUnregisteredRequest.Builder all() {
    return ListUnregisteredRequest.newBuilder().setPageSize(10);
  }

  @Test
  void whatNodesReport_isListed_andAFloodDisplacesOnlyItsUsersRows() throws Exception {
    Instant begin = Clock.systemUTC().instant();
    var node = new Reporter();
    var other = new Reporter();
    node.report(
        Stream.of(
            refusal(1001, "/opt/agent", 3), refusal(1002, "/opt/\u0000x", Long.MAX_VALUE - 2)));
    other.report(Stream.of(refusal(1000, "/opt/agent", 1)));
    written(3);
    node.report(IntStream.range(0, PROGRAMS).mapToObj(i -> refusal(1000, "/tmp/p" + i, 1)));
    written(3 + PROGRAMS);

    List<Unregistered> rows = listed(all());
    assertThat(rows).hasSize(3 + 32 + 1);
    assertThat(rows)
        .filteredOn(row -> row.getUid().equals("1001"))
        .singleElement()
        .satisfies(row -> {
          assertThat(row.getNodeId()).isEqualTo(node.id.toString());
          assertThat(row.getExecutable()).isEqualTo("/opt/agent");
          assertThat(row.getUser()).isEqualTo("user1001");
          assertThat(row.getCount()).isEqualTo(3);
          assertThat(row.getSelectorsList()).extracting(Selector::getValue).containsExactly("1001");
          assertThat(row.getFirstAt()).isEqualTo(row.getLastAt());
          assertThat(row.getFirstAt().getSeconds()).isGreaterThanOrEqualTo(begin.getEpochSecond());
          assertThat(row.getLastEvent()).isPositive();
          assertThat(row.getDisplaced()).isZero();
        });
    assertThat(rows)
        .filteredOn(row -> row.getExecutable().equals("(others)"))
        .singleElement()
        .satisfies(row -> {
          assertThat(row.getUid()).isEqualTo("1000");
          assertThat(row.getDisplaced()).isEqualTo(PROGRAMS - 32);
          assertThat(row.getCount()).isEqualTo(PROGRAMS - 32);
          assertThat(row.getSelectorsList()).isEmpty();
        });
    assertThat(rows).extracting(Unregistered::getExecutable).contains("/opt/\ufffdx");
    assertThat(listed(all().setNode(other.id.toString())))
        .singleElement()
        .satisfies(row -> assertThat(row.getNodeId()).isEqualTo(other.id.toString()));
    assertThat(
            EventsGrpc.newBlockingStub(admin)
                .listUnregistered(
                    all()
                        .setSince(Timestamp.newBuilder().setSeconds(begin.getEpochSecond() + 3600))
                        .build())
                .getRowsList())
        .isEmpty();
  }

  @Test
  void whatCannotBeAskedFor_isRefused() throws Exception {
    var node = new Reporter();
    assertThat(refused(all().setPageToken("forged"))).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(refused(all().setPageSize(1001))).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(refused(all().setNode("nobody"))).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(
            refused(
                all().setNode(node.id.toString()).setSince(Timestamp.newBuilder().setNanos(-1))))
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  private Status.Code refused(ListUnregisteredRequest.Builder request) {
    return catchThrowableOfType(
            StatusRuntimeException.class,
            () -> EventsGrpc.newBlockingStub(admin).listUnregistered(request.build()))
        .getStatus()
        .getCode();
  }
}
