package dev.credence.platform.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credence.platform.linux.UnattestableException.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class ProcessMarkTest {
  private static Reason refusal(int pid) {
    try {
      throw new AssertionError("marked: " + ProcessMark.read(pid));
    } catch (UnattestableException e) {
      return e.reason();
    }
  }

  @Test
  void staysTheSameWhileTheProcessRuns() throws Exception {
    try (Child child = Child.idle()) {
      assertThat(ProcessMark.read(child.pid())).isEqualTo(ProcessMark.read(child.pid()));
    }
  }

  @Test
  void saysWhatThePublicToolsSay() throws Exception {
    try (Child child = Child.idle()) {
      ProcessMark mark = ProcessMark.read(child.pid());
      Path exe = Path.of("/proc/" + child.pid() + "/exe");

      assertThat(mark.bootId())
          .isEqualTo(Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip());
      assertThat(mark.executableInode()).isEqualTo(Files.getAttribute(exe, "unix:ino"));
      assertThat(mark.executableDevice()).isEqualTo(Files.getAttribute(exe, "unix:dev"));
      assertThat(Files.readSymbolicLink(Path.of("/proc/self/ns/pid")))
          .hasToString("pid:[" + mark.pidNamespace() + "]");
    }
  }

  @Test
  void twoProcessesOfOneProgramDiffer() throws Exception {
    try (Child one = Child.idle();
        Child two = Child.idle()) {
      ProcessMark first = ProcessMark.read(one.pid());
      ProcessMark second = ProcessMark.read(two.pid());

      assertThat(first).isNotEqualTo(second);
      assertThat(first.executableInode()).isEqualTo(second.executableInode());
    }
  }

  @Test
  void changesWhenAShellExecsAnotherProgram() throws Exception {
    try (Child child = Child.shell("echo ready; read x; exec env sh -c 'echo changed; read y'")) {
      ProcessMark before = ProcessMark.read(child.pid());
      child.go();
      child.expect("changed");

      assertThat(ProcessMark.read(child.pid())).isNotEqualTo(before);
    }
  }

  @Test
  void changesWhenAShellExecsItself() throws Exception {
    try (Child child = Child.shell("echo ready; read x; exec /bin/sh -c 'echo changed; read y'")) {
      ProcessMark before = ProcessMark.read(child.pid());
      child.go();
      child.expect("changed");
      ProcessMark after = ProcessMark.read(child.pid());

      // What is usually compared is equal, and shows nothing.
      assertThat(after.startTime()).isEqualTo(before.startTime());
      assertThat(after.executableInode()).isEqualTo(before.executableInode());
      assertThat(after).isNotEqualTo(before);
    }
  }

  @Test
  void changesWhenPythonExecsPython() throws Exception {
    Optional<String> python = Child.python();
    assumeTrue(python.isPresent(), "skipped: there is no python3");
    String second = "print('changed', flush=True); input()";
    String first =
        "import os,sys; print('ready', flush=True); input(); os.execv(sys.executable,"
            + " [sys.executable, '-c', \""
            + second
            + "\"])";
    try (Child child = Child.start(python.get(), "-c", first)) {
      child.expect("ready");
      ProcessMark before = ProcessMark.read(child.pid());
      child.go();
      child.expect("changed");
      ProcessMark after = ProcessMark.read(child.pid());

      assertThat(after.startTime()).isEqualTo(before.startTime());
      assertThat(after.executableInode()).isEqualTo(before.executableInode());
      assertThat(after).isNotEqualTo(before);
    }
  }

  @Test
  void refusesAProcessWhoseMemoryIsNotRandomized() {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/setarch")), "skipped: there is no setarch(8)");
    try (Child child = Child.start("setarch", "-R", "/bin/sh", "-c", "echo ready; read x")) {
      child.expect("ready");

      assertThat(refusal(child.pid())).isEqualTo(Reason.NOT_RANDOMIZED);
    }
  }

  /// The flag alone does not tell: it may have been dropped since the program was laid out.
  @Test
  void refusesAProcessThatDroppedTheFlagAfterwards() throws Exception {
    Optional<String> python = Child.python();
    assumeTrue(
        python.isPresent() && Files.isExecutable(Path.of("/usr/bin/setarch")),
        "skipped: there is no python3 or no setarch(8)");
    String script =
        "import ctypes; ctypes.CDLL(None).personality(0); print('ready', flush=True); input()";
    try (Child child = Child.start("setarch", "-R", python.get(), "-c", script)) {
      child.expect("ready");
      assertThat(Files.readString(Path.of("/proc/" + child.pid() + "/personality")))
          .startsWith("00000000");

      assertThat(refusal(child.pid())).isEqualTo(Reason.NOT_RANDOMIZED);
    }
  }

  @Test
  void refusesWhatIsGone() {
    Child child = Child.idle();
    int pid = child.pid();
    child.close();

    assertThat(refusal(pid)).isEqualTo(Reason.EXITED);
  }

  @Test
  void refusesAZombie() {
    // The shell starts a child and becomes cat, which never collects it.
    try (Child parent = Child.start("/bin/sh", "-c", "sh -c 'echo $$; read x' <&0 & exec cat")) {
      int zombie = Integer.parseInt(parent.line());
      ProcessHandle.of(zombie).orElseThrow().destroyForcibly();
      await(() -> isZombie(zombie));

      assertThat(refusal(zombie)).isEqualTo(Reason.EXITED);
    }
  }

  private static boolean isZombie(int pid) {
    try (ProcDirectory process = ProcDirectory.open(pid)) {
      return ProcStat.read(process).isDead();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  @Test
  void refusesKernelThreads() {
    assumeTrue(Files.exists(Path.of("/proc/2/comm")), "skipped: no kernel threads in sight");
    assertThatThrownBy(() -> ProcessMark.read(2))
        .asInstanceOf(InstanceOfAssertFactories.type(UnattestableException.class))
        .extracting(UnattestableException::reason)
        .isIn(Reason.EXITED, Reason.UNREADABLE);
  }
}
