package dev.credence.platform.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerTest {
  @TempDir private Path folder;

  @Test
  void theKernelSaysWhoConnected() throws Exception {
    Path path = folder.resolve("s");
    int listening = Sockets.listen(path);
    try (SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      client.connect(UnixDomainSocketAddress.of(path));
      int accepted = Sockets.accept(listening);
      PeerCredentials peer = PeerCredentials.of(accepted);

      assertThat(peer.pid()).isEqualTo((int) ProcessHandle.current().pid());
      assertThat(peer.uid()).isEqualTo(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
      assertThat(peer)
          .hasToString("pid %d, uid %d, gid %d".formatted(peer.pid(), peer.uid(), peer.gid()));
      Optional<Pidfd> pidfd = Pidfd.ofPeer(accepted);
      pidfd.ifPresent(handle -> {
        assertThat(handle.isAlive()).isTrue();
        handle.close();
      });
      Sockets.close(accepted);
    } finally {
      Sockets.close(listening);
    }
  }

  @Test
  void otherDescriptorsHaveNoPeer() {
    assertThatThrownBy(() -> PeerCredentials.of(-1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("EBADF");
    assertThatThrownBy(() -> Pidfd.ofPeer(-1)).isInstanceOf(IOException.class);
  }

  @Test
  void aHandleTellsTheExit() throws Exception {
    try (Child child = Child.idle();
        Pidfd copy = copyOfClosed(child.pid())) {
      assertThat(copy.isAlive()).isTrue();
      child.kill();

      assertThat(copy.isAlive()).isFalse();
    }
  }

  private static Pidfd copyOfClosed(int pid) throws IOException {
    try (Pidfd pidfd = Pidfd.open(pid)) {
      return pidfd.duplicate();
    }
  }

  @Test
  void aClosedHandleIsOfNoUse() throws Exception {
    Pidfd pidfd = Pidfd.open((int) ProcessHandle.current().pid());
    assertThat(pidfd.fd()).isPositive();
    pidfd.close();
    pidfd.close();

    assertThatThrownBy(pidfd::isAlive).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(pidfd::fd).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void thereIsNoHandleOnNobody() {
    assertThatThrownBy(() -> Pidfd.open(Integer.MAX_VALUE))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("pidfd_open(2147483647)");
  }
}
