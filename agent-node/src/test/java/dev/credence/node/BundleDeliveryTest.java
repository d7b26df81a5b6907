package dev.credence.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.proto.workload.X509SVIDRequest;
import dev.credence.proto.workload.X509SVIDResponse;
import io.grpc.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A new bundle is acknowledged once every open stream was handed it; what hangs on a tainted
/// authority is renewed.
final class BundleDeliveryTest {
  private final NodeRig rig = new NodeRig();

  @AfterEach
  void close() {
    rig.close();
  }

  private List<TestAuthority> others(int count) {
    return Stream.generate(() -> new TestAuthority(rig.time.instant())).limit(count).toList();
  }

  @Test
  void acknowledgedWithItsNumber_whetherStreamsAreOpenOrNot() {
    rig.server.register("a", NodeRig.OWN_UID);
    rig.startAndWait();
    rig.server.announce(others(1), 7, false);
    NodeRig.await("acknowledged", () -> rig.server.acknowledged.contains(7L));

    var stream = rig.fetch();
    stream.message();
    rig.server.announce(others(2), 8, false);
    stream.message();
    NodeRig.await("acknowledged", () -> rig.server.acknowledged.contains(8L));
  }

  @Test
  void theSameBundleAgain_isAcknowledgedAgain() {
    rig.startAndWait();
    var same = others(1);
    rig.server.announce(same, 7, false);
    rig.server.announce(same, 9, false);
    NodeRig.await("acknowledged", () -> rig.server.acknowledged.contains(9L));
  }

  @Test
  void aBundleThatCannotBeKept_isUsed_butNotAcknowledged_untilItIsKept() throws Exception {
    rig.server.register("a", NodeRig.OWN_UID);
    rig.startAndWait();
    var stream = rig.fetch();
    stream.message();
    Path bundle = rig.config().dataDir().resolve("bundle.pem");
    Files.delete(bundle);
    Path inTheWay = Files.createDirectories(bundle.resolve("in-the-way"));
    var same = others(1);
    rig.server.announce(same, 7, false);
    assertThat(stream.message().getSvids(0).getBundle()).isNotEmpty();

    Files.delete(inTheWay);
    Files.delete(bundle);
    rig.server.announce(same, 9, false);
    NodeRig.await("acknowledged", () -> rig.server.acknowledged.contains(9L));
    assertThat(rig.server.acknowledged).doesNotContain(7L);
    assertThat(Files.readString(bundle)).contains("CERTIFICATE");
  }

  @Test
  void aStreamThatTakesNothing_holdsItBackFor30Seconds_andIsClosed() {
    rig.server.register("a", NodeRig.OWN_UID);
    rig.startAndWait();
    StreamProbe<X509SVIDRequest, X509SVIDResponse> slow = StreamProbe.reluctant();
    rig.workload().fetchX509SVID(X509SVIDRequest.getDefaultInstance(), slow);
    var quick = rig.fetch();
    quick.message();
    // More than transport and kernel hold between us.
    List<TestAuthority> many = others(200);
    for (int i = 0; i < 100; i++) {
      rig.server.announce(many.subList(i, i + 100), i, false);
      quick.message();
    }
    rig.server.announce(many.subList(0, 90), 1000, false);
    quick.message();
    assertThat(rig.server.acknowledged).doesNotContain(1000L);

    rig.time.advance(OpenStreams.LONGEST_STALL);
    NodeRig.await("acknowledged", () -> rig.server.acknowledged.contains(1000L));
    slow.request(1000);
    assertThat(slow.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
  }

  @Test
  void tainted_theProcessAndTheNodeRenew_withinTheSpread_andNotInACircle() {
    rig.server.register("a", NodeRig.OWN_UID);
    rig.startAndWait();
    var stream = rig.fetch();
    String before = NodeRig.serial(stream.message());
    rig.time.advance(Duration.ofSeconds(1));
    rig.server.announce(others(1), 7, true);
    stream.message();
    NodeRig.await("acknowledged", () -> rig.server.acknowledged.contains(7L));

    rig.time.advance(Duration.ofSeconds(2));
    assertThat(NodeRig.serial(stream.message())).isNotEqualTo(before);
    NodeRig.await("node renewed", () -> rig.server.nodeRenewals.get() > 0);
    assertThat(rig.server.renewCalls).hasValue(1);
    assertThat(rig.server.nodeRenewals).hasValue(1);
  }
}
