package dev.credence.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.certs.TrustDomain;
import dev.credence.cli.client.CommandFailure;
import dev.credence.proto.admin.v1.CreateJoinTokenRequest;
import dev.credence.proto.admin.v1.CreateJoinTokenResponse;
import dev.credence.proto.admin.v1.NodesGrpc;
import dev.credence.proto.local.v1.ExplainRequest;
import dev.credence.proto.local.v1.Explanation;
import dev.credence.proto.local.v1.LocalGrpc;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real child processes (shell scripts) and real sockets (of this test) stand for server and node.
final class LocalPlaneTest {

  private static final TrustDomain TD = TrustDomain.parse("dev.test");

  /// Daemons that serve until their standard input ends, and write down when that was.
  private static final String GOOD =
      """
      case $1 in
        server) echo "ready listen=127.0.0.1:4711 admin=x" ;;
        node) echo "ready socket=x" ;;
      esac
      cat >/dev/null
      echo "$1" >>"$(dirname "$3")/stopped"
      """;

  @TempDir Path folder;
  private final MultiThreadIoEventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final List<Server> servers = new ArrayList<>();

  @AfterEach
  void stop() {
    servers.forEach(Server::shutdownNow);
    var _ = loop.shutdownGracefully();
  }

  @Test
  void start_writesConfigurationTokenAndEnvironment_andStopsTheNodeFirst() throws Exception {
    serve();
    try (var dev = DevFolder.open(folder, Map.of())) {
      var plane = new LocalPlane(dev, TD, installation(GOOD));
      plane.start();

      assertThat(Files.readString(folder.resolve("server.yaml")))
          .contains("trust_domain: dev.test\n", "listen: 127.0.0.1:0\n", "dev: true\n");
      assertThat(Files.readString(folder.resolve("node.yaml")))
          .contains("server: 127.0.0.1:4711\n");
      assertThat(Files.readString(folder.resolve("env")))
          .contains("export SPIFFE_ENDPOINT_SOCKET='unix://" + folder + "/api.sock'\n")
          .contains("export CREDENCE_ADMIN_SOCKET='" + folder + "/admin.sock'\n");
      var token = folder.resolve("node/join-token");
      assertThat(token).hasContent("the token");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(token)))
          .isEqualTo("rw-------");

      plane.stop();
      assertThat(folder.resolve("stopped")).hasContent("node\nserver\n");
    }
  }

  @Test
  void aNodeWithAnIdentity_getsNoToken() throws Exception {
    serve();
    Files.createDirectories(folder.resolve("node"));
    Files.copy(
        Path.of(DevFolder.class.getResource("/dev/credence/cli/svid.pem").toURI()),
        folder.resolve("node/node.pem"));
    try (var dev = DevFolder.open(folder, Map.of());
        var plane = new LocalPlane(dev, TD, installation(GOOD))) {
      plane.start();
      assertThat(folder.resolve("node/join-token")).doesNotExist();
    }
  }

  @Test
  void aServerThatDoesNotComeUp_isReportedWithItsLog() throws Exception {
    try (var dev = DevFolder.open(folder, Map.of());
        var plane = new LocalPlane(dev, TD, installation("echo 'port taken' >&2; exit 7"))) {
      assertThatThrownBy(plane::start)
          .isInstanceOf(CommandFailure.class)
          .hasMessage(
              "the server has stopped (exit code 7); last lines of %s/server.log:\n  | port taken"
                  .formatted(folder));
    }
  }

  @Test
  void aDaemonThatDiesLater_isReported() throws Exception {
    serve();
    var dies =
        GOOD.replace(
            "cat >/dev/null",
            "[ $1 = node ] && echo 'out of memory' >&2 && exit 3; cat >/dev/null");
    try (var dev = DevFolder.open(folder, Map.of());
        var plane = new LocalPlane(dev, TD, installation(dies))) {
      try {
        plane.start();
      } catch (CommandFailure e) {
        assertThat(e)
            .hasMessageContaining("the node has stopped (exit code 3)")
            .hasMessageContaining("out of memory");
      }
      assertThat(plane.awaitEnd()).hasMessageContaining("the node has stopped (exit code 3)");
    }
    assertThat(folder.resolve("stopped")).hasContent("server\n");
  }

  private Installation installation(String body) throws IOException {
    var launcher = Files.writeString(folder.resolve("launcher"), "#!/bin/bash\n" + body);
    Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));
    return new Installation(
        Optional.of(launcher), Optional.of(folder), Path.of("/"), java.time.Duration.ofSeconds(5));
  }

  private void serve() throws IOException {
    serve("admin.sock", new FakeNodes());
    serve("api.sock", new FakeLocal());
  }

  private void serve(String name, BindableService service) throws IOException {
    servers.add(
        NettyServerBuilder.forAddress(new DomainSocketAddress(folder.resolve(name).toFile()))
            .channelType(EpollServerDomainSocketChannel.class)
            .bossEventLoopGroup(loop)
            .workerEventLoopGroup(loop)
            .addService(service)
            .build()
            .start());
  }

  private static final class FakeNodes extends NodesGrpc.NodesImplBase {
    @Override
    public void createJoinToken(
        CreateJoinTokenRequest request, StreamObserver<CreateJoinTokenResponse> answer) {
      answer.onNext(CreateJoinTokenResponse.newBuilder().setToken("the token").build());
      answer.onCompleted();
    }
  }

  private static final class FakeLocal extends LocalGrpc.LocalImplBase {
    @Override
    public void explain(ExplainRequest request, StreamObserver<Explanation> answer) {
      answer.onNext(Explanation.getDefaultInstance());
      answer.onCompleted();
    }
  }
}
