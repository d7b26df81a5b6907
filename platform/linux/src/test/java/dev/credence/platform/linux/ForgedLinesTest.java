package dev.credence.platform.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("names that look like lines of the kernel's")
class ForgedLinesTest {
  private static final String NAMED =
      "import ctypes,os,sys; libc=ctypes.CDLL(None); libc.prctl(15,b'\\r'+sys.argv[1].encode(),0,0,0); ";
  private static final String WAIT = "print('ready',flush=True); sys.stdin.readline()";

  private static Child named(String name, String then) {
    Optional<String> python = Child.python();
    assumeTrue(python.isPresent(), "skipped: there is no python3 to give itself a name");
    Child child = Child.start(python.orElseThrow(), "-c", NAMED + then + WAIT, name);
    child.expect("ready");
    return child;
  }

  @Test
  @DisplayName("a process is of its own user and group, whatever it calls itself")
  void ids() throws Exception {
    ProcessFacts own = ProcessFacts.read(Math.toIntExact(ProcessHandle.current().pid()));
    try (Child user = named("Uid:7 7 7 7", "");
        Child group = named("Gid:7 7 7 7", "");
        Child groups = named("Groups:7777777", "")) {
      assertThat(ProcessFacts.read(user.pid()).uid()).isEqualTo(own.uid());
      assertThat(ProcessFacts.read(group.pid()).gid()).isEqualTo(own.gid());
      assertThat(ProcessFacts.read(groups.pid()).supplementaryGids())
          .isEqualTo(own.supplementaryGids());
    }
  }

  @Test
  @DisplayName("a tracer shows")
  void tracer() throws Exception {
    // It forks: the child has itself traced, says so, and waits.
    String traced =
        "r,w=os.pipe()\nif os.fork()==0:\n libc.ptrace(0,0,0,0); os.write(w,str(os.getpid()).encode()); os.read(0,1)\n os._exit(0)\nprint(os.read(r,9).decode(),flush=True); ";
    Optional<String> python = Child.python();
    assumeTrue(python.isPresent(), "skipped: there is no python3 to give itself a name");
    try (Child tracer =
        Child.start(python.orElseThrow(), "-c", NAMED + "\n" + traced + WAIT, "TracerPid:0")) {
      int pid = Integer.parseInt(tracer.line());
      tracer.expect("ready");
      assertThat(ProcessFacts.read(pid).confinement().tracer()).isEqualTo(tracer.pid());
    }
  }

  @Test
  @DisplayName("no_new_privs is there or not; a launch does not shed it")
  void noNewPrivileges() throws Exception {
    try (Child claims = named("NoNewPrivs:1", "");
        Child denies = named("NoNewPrivs:0", "libc.prctl(38,1,0,0,0); ")) {
      assertThat(ProcessFacts.read(claims.pid()).confinement().noNewPrivileges()).isFalse();
      assertThat(Restrictions.read(denies.pid()).noNewPrivileges()).isTrue();
      assertThat(CallerSurroundings.of(denies.pid()).confinement()).isPresent();
    }
  }

  @Test
  @DisplayName("nobody hides from those of the same user")
  void neighbours() throws Exception {
    try (Child hiding = named("Uid:7 7 7 7", "")) {
      assertThat(ProcessTable.ofUser(OwnProcess.uid(), 1_000_000).orElseThrow())
          .extracting(ProcessTable.Row::pid)
          .contains(hiding.pid());
    }
  }

  @Test
  @DisplayName(
      "a mount on a folder with a carriage return in its name is one mount, and spoils no other")
  void mounts() throws Exception {
    assertThat(
            MountTable.parse("36 35 0:9 / /a\r99 rw - fuse.x a rw\n37 35 0:9 / /b rw - xfs a rw\n"))
        .containsOnlyKeys(36L, 37L);
    assumeTrue(OwnProcess.uid() == 0, "skipped: only root may mount something for this test");
    String mounts =
        "d=$(mktemp -d) && n=$(printf '%s/a\\rfoo' \"$d\") && mkdir \"$n\" && mount -t tmpfs none \"$n\" && echo ready && read on; umount \"$n\"; rm -r \"$d\"";
    try (Child child =
        Child.start("unshare", "--mount", "--propagation", "private", "sh", "-c", mounts)) {
      child.expect("ready");
      assertThat(MountTable.seenBy(child.pid())).containsValue("tmpfs");
      child.go();
      child.expect("(end of output)");
    }
  }

  @Test
  @DisplayName("a control group is one group, whatever it is called")
  void groups() {
    String groups = "9:name=systemd:/u/x\r0::/forged\n0::/real\r0::/forged\n";
    assertThat(Cgroup.parse(groups)).isEqualTo("/real\r0::/forged");
    assertThat(ControlGroup.unified(groups)).contains("/real\r0::/forged");
    assertThat(KernelText.lines("a\rb\n\nc\u0085d\n").toList())
        .isEqualTo(List.of("a\rb", "", "c\u0085d"));
    assertThat(KernelText.lines("").toList()).isEmpty();
  }
}
