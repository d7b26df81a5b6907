package dev.credence.platform.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credence.platform.linux.UnattestableException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PinnedProcessTest {
  private static final long TICK = 10_000_000;

  @TempDir private Path folder;

  private static PeerCredentials credentials(Child child) throws UnattestableException {
    ProcessFacts facts = ProcessFacts.read(child.pid());
    return new PeerCredentials(facts.pid(), facts.uid(), facts.gid());
  }

  private static Reason reason(PinnedProcess pinned) {
    try {
      pinned.requireSame();
      throw new AssertionError("still the same: " + pinned.mark());
    } catch (UnattestableException e) {
      assertThat(pinned.isSame()).isFalse();
      return e.reason();
    }
  }

  /// Well after any start so far.
  private static long later() {
    return BootClock.system().nanos() + 10 * TICK;
  }

  @Test
  void aChildThatConnectsIsPinnedByItsOwnSocket() throws Exception {
    Optional<String> python = Child.python();
    assumeTrue(python.isPresent(), "skipped: there is no python3 to connect a socket with");
    Path path = folder.resolve("peer.sock");
    int listening = Sockets.listen(path);
    String script =
        "import socket,sys; s=socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); print('ready',"
            + " flush=True); input()";
    try (Child child = Child.start(python.get(), "-c", script, path.toString())) {
      int accepted = Sockets.accept(listening);
      long acceptedAt = BootClock.system().nanos();
      PeerCredentials peer = PeerCredentials.of(accepted);
      Optional<Pidfd> pidfd = Pidfd.ofPeer(accepted);
      try (PinnedProcess pinned = PinnedProcess.pin(peer, pidfd, acceptedAt)) {
        assertThat(peer.pid()).isEqualTo(child.pid());
        assertThat(pinned.mark()).isEqualTo(ProcessMark.read(child.pid()));
        assertThat(pinned.facts().executable()).contains("python3");
        assertThat(pinned.facts().sameMountNamespace()).isTrue();
        pinned.requireSame();

        child.kill();
        assertThat(reason(pinned)).isEqualTo(Reason.EXITED);
      }
      pidfd.ifPresent(Pidfd::close);
      Sockets.close(accepted);
    } finally {
      Sockets.close(listening);
    }
  }

  /// It loses its memory long before its pidfd tells, the longer the more it has.
  @Test
  void whoIsEndingIsNotTakenForAnotherProgram() throws Exception {
    for (int round = 0; round < 10; round++) {
      try (Child child = Child.start("dd", "if=/dev/zero", "of=/dev/null", "bs=96M");
          PinnedProcess pinned = PinnedProcess.ofPid(child.pid())) {
        awaitResident(child.pid(), 90 << 20);
        ProcessHandle.of(child.pid()).orElseThrow().destroyForcibly();
        while (true) {
          try {
            pinned.requireSame();
          } catch (UnattestableException e) {
            assertThat(e.reason())
                .as("round %s: %s", round, e.getMessage())
                .isEqualTo(Reason.EXITED);
            break;
          }
        }
      }
    }
  }

  private static void awaitResident(int pid, long bytes) throws IOException {
    long deadline = System.nanoTime() + 60_000_000_000L;
    long pages = 0;
    while (pages * 4096 < bytes) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      pages = Long.parseLong(Files.readString(Path.of("/proc/" + pid + "/statm")).split(" ", 3)[1]);
    }
  }

  /// The child keeps the socket of a parent that has ended: what it does is not the parent's doing.
  @Test
  void aConnectorThatHasEndedIsRefused() throws Exception {
    Optional<String> python = Child.python();
    assumeTrue(python.isPresent(), "skipped: there is no python3 to connect a socket with");
    Path path = folder.resolve("peer.sock");
    int listening = Sockets.listen(path);
    String script =
        """
        import os,socket,sys; s=socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])
        if os.fork(): os._exit(0)
        s.recv(1)
        """;
    try (Child child = Child.start(python.get(), "-c", script, path.toString())) {
      int accepted = Sockets.accept(listening);
      PeerCredentials peer = PeerCredentials.of(accepted);
      assertThat(peer.pid()).isEqualTo(child.pid());
      ProcessHandle.of(peer.pid()).ifPresent(handle -> handle.onExit().join());

      assertThatThrownBy(
              () -> {
                Optional<Pidfd> pidfd = Pidfd.ofPeer(accepted);
                PinnedProcess.pin(peer, pidfd, BootClock.system().nanos()).close();
              })
          .isInstanceOfAny(UnattestableException.class, IOException.class);
      Sockets.close(accepted);
    } finally {
      Sockets.close(listening);
    }
  }

  @Test
  void execIsSeen() throws Exception {
    try (Child child = Child.shell("echo ready; read x; exec /bin/sh -c 'echo changed; read y'");
        PinnedProcess pinned = PinnedProcess.ofPid(child.pid())) {
      assertThat(pinned.isSame()).isTrue();
      child.go();
      child.expect("changed");

      assertThat(reason(pinned)).isEqualTo(Reason.CHANGED);
    }
  }

  @Test
  void aSecondHoldOutlivesTheFirstAndSeesTheSame() throws Exception {
    try (Child child = Child.shell("echo ready; read x; exec /bin/sh -c 'echo changed; read y'")) {
      PinnedProcess first = PinnedProcess.ofPid(child.pid());
      try (PinnedProcess second = first.hold()) {
        first.close();
        assertThat(second.isSame()).isTrue();
        child.go();
        child.expect("changed");
        assertThat(reason(second)).isEqualTo(Reason.CHANGED);
        assertThatThrownBy(second::hold).isInstanceOf(UnattestableException.class);
      }
    }
  }

  @Test
  void isFoundAgainByItsMarkAndOnlyByThat() throws Exception {
    try (Child child = Child.shell("echo ready; read x; exec /bin/sh -c 'echo changed; read y'")) {
      ProcessMark mark = ProcessMark.read(child.pid());
      try (PinnedProcess found = PinnedProcess.ofMark(mark)) {
        assertThat(found.mark()).isEqualTo(mark);
      }
      child.go();
      child.expect("changed");
      assertThatThrownBy(() -> PinnedProcess.ofMark(mark))
          .isInstanceOf(UnattestableException.class);

      ProcessMark now = ProcessMark.read(child.pid());
      child.kill();
      assertThatThrownBy(() -> PinnedProcess.ofMark(now)).isInstanceOf(UnattestableException.class);
    }
  }

  @Test
  void exitIsSeen() throws Exception {
    try (Child child = Child.idle();
        PinnedProcess pinned = PinnedProcess.ofPid(child.pid())) {
      child.kill();

      assertThat(reason(pinned)).isEqualTo(Reason.EXITED);
      assertThatThrownBy(pinned::facts).isInstanceOf(UnattestableException.class);
    }
  }

  @Test
  void anOlderKernelPinsByPidStartTimeAndUser() throws Exception {
    try (Child child = Child.idle();
        PinnedProcess pinned = PinnedProcess.pin(credentials(child), Optional.empty(), later())) {
      assertThat(pinned.isSame()).isTrue();
      assertThat(pinned.peer().pid()).isEqualTo(child.pid());
    }
  }

  @Test
  void withoutItsHandleAProcessStartedAfterTheConnectionIsAnother() throws Exception {
    try (Child child = Child.idle()) {
      long startedAt = ProcessMark.read(child.pid()).startTime() * TICK;

      assertThatThrownBy(
              () -> PinnedProcess.pin(credentials(child), Optional.empty(), startedAt - 1))
          .isInstanceOf(UnattestableException.class)
          .hasMessageContaining("expected: started before");
      // In the same tick it cannot be told, so it is refused as well.
      assertThatThrownBy(
              () -> PinnedProcess.pin(credentials(child), Optional.empty(), startedAt + 1))
          .isInstanceOf(UnattestableException.class);
      try (PinnedProcess pinned =
          PinnedProcess.pin(credentials(child), Optional.empty(), startedAt + TICK)) {
        assertThat(pinned.isSame()).isTrue();
      }
    }
  }

  @Test
  void anotherUserThanConnectedIsRefused() throws Exception {
    try (Child child = Child.idle()) {
      PeerCredentials real = credentials(child);
      var otherUser = new PeerCredentials(real.pid(), real.uid() + 1, real.gid());
      var otherGroup = new PeerCredentials(real.pid(), real.uid(), real.gid() + 1);

      for (PeerCredentials other : List.of(otherUser, otherGroup)) {
        assertThatThrownBy(() -> PinnedProcess.pin(other, Optional.empty(), later()))
            .isInstanceOf(UnattestableException.class)
            .hasMessageContaining("expected: those that connected");
      }
    }
  }

  @Test
  void nothingLeaksWhenPinningFails() throws Exception {
    try (Child child = Child.idle()) {
      PeerCredentials real = credentials(child);
      var other = new PeerCredentials(real.pid(), real.uid() + 1, real.gid());
      for (int i = 0; i < 50; i++) {
        assertThatThrownBy(() -> PinnedProcess.pin(other, Optional.empty(), later()))
            .isInstanceOf(UnattestableException.class);
      }

      assertThat(descriptorsInto("/proc/" + child.pid())).isZero();
    }
  }

  private static long descriptorsInto(String prefix) throws IOException {
    try (var links = Files.list(Path.of("/proc/self/fd"))) {
      return links.filter(link -> target(link).startsWith(prefix)).count();
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return "";
    }
  }
}
