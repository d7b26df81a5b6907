package dev.credence.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.credence.proto.local.v1.ExplainRequest;
import dev.credence.proto.local.v1.LocalGrpc;
import dev.credence.proto.node.v1.EndExecutionRequest;
import dev.credence.proto.node.v1.Refusal;
import dev.credence.proto.workload.SpiffeWorkloadAPIGrpc;
import dev.credence.proto.workload.X509SVID;
import dev.credence.transport.ConnectionLimits;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// The Workload API on TCP: what of its callers is known, and what is not.
@NullUnmarked
class TcpTest {
  private static final String ON_TCP = NodeRig.OWN_UID.replace("unix:uid:", "tcp:uid:");

  private final NodeRig rig = new NodeRig().onTcp();

  @AfterEach
  void close() {
    rig.close();
  }

  private static List<String> ids(List<X509SVID> svids) {
    return svids.stream().map(X509SVID::getSpiffeId).toList();
  }

  @Test
  @DisplayName("a caller on TCP is a user, and only what names tcp:uid leads to it")
  void matches() {
    rig.server.register("unix", NodeRig.OWN_UID);
    rig.server.register("tcp", ON_TCP);
    rig.server.register("both", NodeRig.OWN_UID, ON_TCP);
    rig.startAndWait();
    assertThat(ids(NodeRig.fetch(NodeRig.workload(rig.connectOnTcp())).message().getSvidsList()))
        .containsExactly("spiffe://test.example/agent/team/tcp");
    assertThat(ids(rig.fetch().message().getSvidsList()))
        .containsExactly("spiffe://test.example/agent/team/unix");
  }

  @Test
  @DisplayName("registrations of processes lead to nobody on TCP; the refusal is an event")
  void unregistered() {
    rig.server.register("unix", NodeRig.OWN_UID);
    rig.startAndWait();
    Status end = NodeRig.fetch(NodeRig.workload(rig.connectOnTcp())).end();
    assertThat(end.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    Refusal refusal = NodeRig.take(rig.server.refusals);
    assertThat(refusal.getReason()).isEqualTo("unregistered");
    assertThat("tcp:uid:" + Integer.toUnsignedString(refusal.getProcess().getUid()))
        .isEqualTo(ON_TCP);
    assertThat(refusal.getProcess().hasMark()).isFalse();
  }

  @Test
  @DisplayName("each connection has an execution of its own, which ends when it closes")
  void connections() {
    rig.server.register("tcp", ON_TCP);
    rig.startAndWait();
    ManagedChannel first = rig.connectOnTcp();
    var stream = NodeRig.fetch(NodeRig.workload(first));
    String serial = NodeRig.serial(stream.message());
    assertThat(NodeRig.serial(NodeRig.fetch(NodeRig.workload(first)).message()))
        .as("another stream of the same connection")
        .isEqualTo(serial);
    assertThat(NodeRig.serial(NodeRig.fetch(NodeRig.workload(rig.connectOnTcp())).message()))
        .isNotEqualTo(serial);
    List<String> running = rig.server.running();
    assertThat(running).hasSize(2);
    first.shutdownNow();
    EndExecutionRequest end = NodeRig.take(rig.server.ends);
    assertThat(end.getReason()).isEqualTo("connection-closed");
    assertThat(end.getExecutionId()).isEqualTo(running.getFirst());
  }

  @Test
  @DisplayName("a port that somebody else has keeps nobody from the Unix socket")
  void taken() throws Exception {
    try (var other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var node = new NodeRig().onTcp(other.getLocalPort())) {
      node.server.register("a", NodeRig.OWN_UID);
      node.startAndWait();
      assertThat(node.node().tcp()).isEmpty();
      assertThat(node.fetch().message().getSvidsCount()).isEqualTo(1);
    }
  }

  @Test
  @DisplayName("EP-04: the security header is needed on TCP, too")
  void header() {
    rig.startAndWait();
    Status end = NodeRig.fetch(SpiffeWorkloadAPIGrpc.newStub(rig.connectOnTcp())).end();
    assertThat(end.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(NodeRig.take(rig.server.refusals).getReason()).isEqualTo("missing-header");
  }

  @Test
  @DisplayName("what asks about processes is not served on TCP")
  void local() {
    rig.startAndWait();
    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(() ->
            LocalGrpc.newBlockingStub(rig.connectOnTcp())
                .explain(ExplainRequest.getDefaultInstance()))
        .satisfies(e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED));
  }

  @Test
  @DisplayName("connections on TCP count with those on the socket; one too many is told so")
  void limits() throws Exception {
    rig.limits(
            new Limits(
                new ConnectionLimits(100, 80, 3),
                Limits.usual().streams(),
                Limits.usual().processes()))
        .startAndWait();
    InetSocketAddress address = rig.node().tcp().orElseThrow();
    var open = new ArrayList<SocketChannel>();
    try {
      for (int i = 0; i < 3; i++) {
        open.add(SocketChannel.open(address));
      }
      try (var refused = SocketChannel.open(address)) {
        assertThat(said(refused)).endsWith("at most 3, see limits.connections_per_pid)");
      }
    } finally {
      for (SocketChannel one : open) {
        one.close();
      }
    }
  }

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
  @DisplayName("EP-16: it listens on the loopback interface only, and not at all by default")
  void off() throws Exception {
    rig.startAndWait();
    assertThat(rig.node().tcp().orElseThrow().getAddress().isLoopbackAddress()).isTrue();
    try (var usual = NodeRig.ready()) {
      assertThat(usual.node().tcp()).isEmpty();
    }
    Path file = Files.createTempDirectory("tcp").resolve("node.yaml");
    for (String refused :
        List.of(
            "0.0.0.0:8089",
            "192.0.2.1:8089",
            "169.254.0.1:8089",
            "localhost:8089",
            "127.0.0.1:0",
            "127.0.0.1",
            "[::]:8089",
            "[fe80::1]:8089",
            "[::ffff:127.0.0.1]:8089x")) {
      Files.writeString(file, "data_dir: d\nsocket: s.sock\ntcp:\n  listen: \"" + refused + "\"\n");
      assertThatExceptionOfType(dev.credence.platform.config.ConfigException.class)
          .as(refused)
          .isThrownBy(() -> NodeConfigFile.read(file))
          .withMessageContaining("tcp.listen");
    }
    for (String accepted : List.of("127.0.0.1:8089", "127.0.0.53:1", "[::1]:8089")) {
      Files.writeString(
          file, "data_dir: d\nsocket: s.sock\ntcp:\n  listen: \"" + accepted + "\"\n");
      assertThat(NodeConfigFile.read(file).socket().tcp()).as(accepted).isPresent();
    }
  }
}
