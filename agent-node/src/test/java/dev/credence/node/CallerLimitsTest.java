package dev.credence.node;

import static dev.credence.node.NodeRig.OWN_UID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.transport.ConnectionLimits;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Callers that take what they can: they meet a limit and are told which, and nobody else notices.
@Timeout(300)
class CallerLimitsTest {
  private static final int PER_PID = 40;
  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

  private final NodeRig rig = new NodeRig();
  private final List<SocketChannel> open = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    closeAll();
    rig.close();
  }

  private void closeAll() throws IOException {
    for (SocketChannel socket : open) {
      socket.close();
    }
    open.clear();
  }

  private SocketChannel connect() throws IOException {
    return SocketChannel.open(UnixDomainSocketAddress.of(rig.socket()));
  }

  private static Limits limits(ConnectionLimits connections, Limits.Streams streams) {
    return new Limits(connections, streams, Limits.usual().processes());
  }

  private void startWithFewPlaces() {
    rig.limits(limits(new ConnectionLimits(100, 80, PER_PID), Limits.usual().streams()));
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
  }

  /// All that is said until the end of the connection; control characters included.
  private static String said(SocketChannel socket) throws IOException {
    var all = new StringBuilder();
    ByteBuffer buffer = ByteBuffer.allocate(1024);
    while (socket.read(buffer) >= 0) {
      all.append(StandardCharsets.ISO_8859_1.decode(buffer.flip()));
      buffer.clear();
    }
    return all.toString();
  }

  @Test
  void tenThousandConnectionsOfOneUserHoldUpNobody() throws Exception {
    startWithFewPlaces();
    for (int i = 0; i < PER_PID; i++) {
      open.add(connect());
    }
    try (Child other = Child.start(rig.socket())) {
      assertThat(other.ask("fetch")).isNotEmpty();
      for (int i = PER_PID; i < 10_000; i++) {
        try (SocketChannel refused = connect()) {
          assertThat(said(refused))
              .endsWith(
                  "too many connections of this process (expected: at most 40, see"
                      + " limits.connections_per_pid)");
        }
      }
      assertThat(other.ask("fetch")).as("another process's answer").isNotEmpty();
    }
    closeAll();
    assertAnswersAsBefore();
    assertThat(rig.server.openCalls.get())
        .as("executions: this process and the other")
        .isEqualTo(2);
  }

  @Test
  void theUsersLimitNamesItsKey() throws Exception {
    rig.limits(limits(new ConnectionLimits(100, 3, 50), Limits.usual().streams())).startAndWait();
    for (int i = 0; i < 3; i++) {
      open.add(connect());
    }
    try (SocketChannel refused = connect()) {
      assertThat(said(refused)).endsWith("see limits.connections_per_uid)");
    }
  }

  @Test
  void theShareOfTheTotalNamesItsKey() throws Exception {
    rig.limits(limits(new ConnectionLimits(6, 50, 50), Limits.usual().streams())).startAndWait();
    for (int i = 0; i < 3; i++) {
      open.add(connect());
    }
    try (SocketChannel refused = connect()) {
      assertThat(said(refused))
          .as("as many are free as this user has: they are for the others")
          .endsWith("of this user (expected: at most 3, see its share of limits.connections)");
    }
  }

  @Test
  void silentAndHalfOpenConnectionsHoldUpNobody() throws Exception {
    startWithFewPlaces();
    for (int i = 0; i < PER_PID - 1; i++) {
      SocketChannel socket = connect();
      open.add(socket);
      // None, a part, or all of what a client begins with; and then nothing.
      String begun = PREFACE.substring(0, i % (PREFACE.length() + 1));
      socket.write(ByteBuffer.wrap(begun.getBytes(StandardCharsets.US_ASCII)));
      if (i % 3 == 0) {
        socket.shutdownOutput();
      }
    }
    assertAnswersAsBefore();
    closeAll();
    assertAnswersAsBefore();
  }

  @Test
  void eachLimitOfCallsNamesItsKey() {
    rig.limits(limits(Limits.usual().connections(), new Limits.Streams(9, 9, 1)));
    assertRefusedWith("limits.streams_per_pid");
    rig.limits(limits(Limits.usual().connections(), new Limits.Streams(9, 1, 9)));
    assertRefusedWith("limits.streams_per_uid");
    rig.limits(limits(Limits.usual().connections(), new Limits.Streams(1, 9, 9)));
    assertRefusedWith("limits.streams ");
  }

  private void assertRefusedWith(String key) {
    if (rig.node() == null) {
      rig.server.register("a", OWN_UID);
      rig.startAndWait();
    } else {
      rig.restart();
    }
    var stub = rig.workload();
    var first = NodeRig.fetch(stub);
    first.message();
    assertThat(NodeRig.fetch(stub).end().getDescription()).contains(key);
    first.cancel();
  }

  private void assertAnswersAsBefore() {
    NodeRig.await(
        "an answer as before",
        () -> {
          ManagedChannel channel = rig.connect();
          var probe = NodeRig.fetch(NodeRig.workload(channel));
          try {
            return probe.message().getSvidsCount() == 1;
          } catch (AssertionError e) {
            return false; // its connections are still counted
          } finally {
            channel.shutdownNow();
          }
        });
  }

  @Test
  void twoGreedyUsersLeaveRoomForTheCallsOfAThird() {
    var calls = new StreamLimits(new Limits.Streams(300, 300, 300), _ -> {});
    int first = greedy(calls, 1);
    int second = greedy(calls, 2);
    assertThat(first).isEqualTo(150);
    assertThat(second).isEqualTo(75);
    assertThat(greedy(calls, 1)).as("the first one again").isZero();
    assertThat(calls.enter(3, 3)).as("a third").isEmpty();
    assertThat(calls.enter(1, 1).orElseThrow()).contains("for its share", "limits.streams");
  }

  private static int greedy(StreamLimits calls, int user) {
    int taken = 0;
    while (calls.enter(user, user).isEmpty()) {
      taken++;
    }
    return taken;
  }

  @Test
  void totalsFitTheDescriptorsThatThereAre() {
    Limits usual = Limits.usual();
    assertThat(usual.within(1_000_000)).isEqualTo(usual);
    assertThat(usual.within(Long.MAX_VALUE)).isEqualTo(usual);
    Limits few = usual.within(1024);
    assertThat(few.connections().total()).isEqualTo(76);
    assertThat(few.processes().total()).isEqualTo(96);
    assertThat(usual.within(10).connections().total()).isEqualTo(1);
  }
}
