package dev.credence.platform.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerRightsTest {
  private static final String CONNECT =
      "import os,socket,sys; s=socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]);"
          + " print('ready', flush=True); input(); os.setegid(4242); print('changed', flush=True);"
          + " input()";

  @TempDir private Path folder;

  /// As a process that becomes a set-group-id program once it is connected.
  @Test
  void anotherGroupThanAtConnectIsRefused() throws Exception {
    assumeTrue(
        Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)
            && Child.python().isPresent(),
        "skipped: only root can change its group, and python3 connects");
    Path path = folder.resolve("peer.sock");
    int listening = Sockets.listen(path);
    try (Child child =
        Child.start(
            "setpriv", "--groups=7,5", Child.python().get(), "-c", CONNECT, path.toString())) {
      int accepted = Sockets.accept(listening);
      child.expect("ready");
      PeerCredentials peer = PeerCredentials.of(accepted);
      FileCredentials rights = PeerRights.of(accepted, peer);
      assertThat(rights.uid()).isEqualTo(peer.uid());
      assertThat(rights.gid()).isEqualTo(peer.gid());
      assertThat(rights.groups()).hasSameElementsAs(List.of(5, 7));

      child.go();
      child.expect("changed");
      assertThatThrownBy(() -> PeerRights.of(accepted, peer))
          .isInstanceOf(UnattestableException.class)
          .hasMessageContaining("other user or group ids");
      Sockets.close(accepted);
    } finally {
      Sockets.close(listening);
    }
  }

  @Test
  void aTerminalIsItsUsersAlone() throws Exception {
    assumeTrue(
        Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0),
        "skipped: only root gives files away");
    try (var terminal = PseudoTerminal.open(65534, new PseudoTerminal.Size(24, 80))) {
      Path file = Path.of(terminal.path());
      assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(65534);
      assertThat((int) Files.getAttribute(file, "unix:mode") & 0777).isEqualTo(0600);
    }
  }
}
