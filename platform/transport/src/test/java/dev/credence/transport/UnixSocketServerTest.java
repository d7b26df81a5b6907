package dev.credence.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixSocketServerTest {
  private static final Context.Key<Peer> PEER = Context.key("peer");

  @TempDir Path folder;
  private final BlockingQueue<Peer> closed = new LinkedBlockingQueue<>();

  private record Running(UnixSocketServer listener, Server server) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      server.shutdownNow();
      listener.close();
    }
  }

  private Running serve(Path path) throws Exception {
    return serve(UnixSocketServer.Settings.everyone(path, closed::add));
  }

  private static Running serve(UnixSocketServer.Settings settings) throws Exception {
    UnixSocketServer listener = UnixSocketServer.claim(settings);
    listener
        .builder()
        .intercept(new PeerToContext())
        .addService(
            Echo.service(text -> {
              Peer peer = PEER.get();
              return peer.credentials().pid()
                  + " "
                  + peer.credentials().uid()
                  + " "
                  + peer.pidfd().map(fd -> fd.isAlive()).orElse(true);
            }));
    return new Running(listener, listener.start());
  }

  private Path socket() {
    return folder.resolve("api.sock");
  }

  private static String own() throws Exception {
    return ProcessHandle.current().pid()
        + " "
        + Files.getAttribute(Path.of("/proc/self"), "unix:uid")
        + " true";
  }

  @Test
  void everyCallCarriesItsPeer() throws Exception {
    try (Running running = serve(socket())) {
      assertThat(running.listener().path()).isEqualTo(socket());
      ManagedChannel channel = UnixSocketChannels.open(socket());
      for (int call = 0; call < 3; call++) {
        assertThat(Echo.call(channel, "x")).isEqualTo(own());
      }
      channel.shutdownNow();
      Peer peer = closed.poll(60, TimeUnit.SECONDS);
      assertThat(peer).isNotNull();
      assertThat(peer.credentials().pid()).isEqualTo((int) ProcessHandle.current().pid());
      assertThat(peer.acceptedAtBootNanos()).isPositive();
    }
    assertThat(socket()).doesNotExist();
  }

  @Test
  void connectionsAtTheSameTimeKeepTheirPeers() throws Exception {
    try (Running running = serve(socket())) {
      assertThat(running.server().isShutdown()).isFalse();
      List<ManagedChannel> channels =
          IntStream.range(0, 20).mapToObj(i -> UnixSocketChannels.open(socket())).toList();
      assertThat(channels.parallelStream().map(c -> answer(c)).distinct()).containsExactly(own());
      channels.forEach(ManagedChannel::shutdownNow);
      for (int i = 0; i < channels.size(); i++) {
        assertThat(closed.poll(60, TimeUnit.SECONDS)).isNotNull();
      }
    }
  }

  private static String answer(ManagedChannel channel) {
    return Echo.call(channel, "x");
  }

  @Test
  void anotherProcessIsSeenAsItself() throws Exception {
    try (Running running = serve(socket())) {
      assertThat(running.server().isShutdown()).isFalse();
      Process child =
          new ProcessBuilder(
                  "python3",
                  "-c",
                  "import socket,sys; s=socket.socket(socket.AF_UNIX);"
                      + " s.connect(sys.argv[1]); sys.stdin.read()",
                  socket().toString())
              .start();
      assertThat(closed.poll(200, TimeUnit.MILLISECONDS)).isNull();
      child.getOutputStream().close();
      Peer peer = closed.poll(60, TimeUnit.SECONDS);
      assertThat(peer).isNotNull();
      assertThat(peer.credentials().pid()).isEqualTo((int) child.pid());
    }
  }

  @Test
  void modeIsSet() throws Exception {
    try (Running running = serve(UnixSocketServer.Settings.ownerOnly(socket()))) {
      assertThat(running.server().isShutdown()).isFalse();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void staleSocketIsReplaced() throws Exception {
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(socket()));
    }
    assertThat(socket()).exists();
    try (Running running = serve(socket())) {
      assertThat(running.server().isShutdown()).isFalse();
      assertThat(answer(UnixSocketChannels.open(socket()))).isEqualTo(own());
    }
  }

  @Test
  void liveSocketIsNotStolen() throws Exception {
    try (ServerSocketChannel live = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      live.bind(UnixDomainSocketAddress.of(socket()));
      assertThatThrownBy(() -> serve(socket()))
          .isInstanceOf(UnixSocketException.class)
          .hasMessage("socket " + socket() + " is in use by another process");
    }
    Files.delete(socket());
    try (Running running = serve(socket())) {
      assertThatThrownBy(() -> serve(socket())).hasMessageContaining("is in use");
      assertThat(answer(UnixSocketChannels.open(socket()))).isEqualTo(own());
      assertThat(running.server().isShutdown()).isFalse();
    }
  }

  @Test
  void otherFilesAreLeftAlone() throws Exception {
    Files.writeString(socket(), "precious");
    assertThatThrownBy(() -> serve(socket())).hasMessage(socket() + " exists and is not a socket");
    assertThat(socket()).hasContent("precious");
    Files.delete(socket());
    Files.createSymbolicLink(socket(), folder.resolve("elsewhere"));
    assertThatThrownBy(() -> serve(socket())).hasMessageContaining("is not a socket");
  }

  @Test
  void longPathsAndMissingFoldersAreNamed() {
    Path longPath = folder.resolve("x".repeat(107)).resolve("api.sock");
    assertThatThrownBy(() -> serve(longPath))
        .isInstanceOf(UnixSocketException.class)
        .hasMessageContaining("expected: 1 to 107");
    assertThatThrownBy(() -> serve(Path.of("/nowhere/api.sock")))
        .hasMessage("folder of socket /nowhere/api.sock does not exist");
  }

  @Test
  void oneMoreConnectionThanAllowedIsClosedUnread() throws Exception {
    var settings =
        new UnixSocketServer.Settings(
            socket(),
            "rw-------",
            new ConnectionLimits(10, 10, 2),
            ServerLimits.local(),
            closed::add);
    try (Running running = serve(settings)) {
      assertThat(running.server().isShutdown()).isFalse();
      ManagedChannel first = UnixSocketChannels.open(socket());
      ManagedChannel second = UnixSocketChannels.open(socket());
      ManagedChannel third = UnixSocketChannels.open(socket());
      answer(first);
      answer(second);
      assertThatThrownBy(() -> answer(third)).isInstanceOf(StatusRuntimeException.class);
      first.shutdownNow();
      assertThat(closed.poll(60, TimeUnit.SECONDS)).isNotNull();
      assertThat(answer(UnixSocketChannels.open(socket()))).isEqualTo(own());
    }
  }

  private static final class PeerToContext implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      return Contexts.interceptCall(
          Context.current().withValue(PEER, Peer.of(call).orElseThrow()), call, headers, next);
    }
  }
}
