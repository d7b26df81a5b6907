package dev.credence.platform.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class SmallTypesTest {
  @Test
  void aSocketPathHasAtMost107Bytes() {
    Path longest = Path.of("/" + "a".repeat(106));
    assertThat(UnixSocketPath.check(longest)).isEqualTo(longest);
    assertThatThrownBy(() -> UnixSocketPath.check(Path.of("/" + "a".repeat(107))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is 108 bytes long (expected: 1 to 107");
  }

  @Test
  void theBootClockIsTheKernels() throws IOException {
    double before = uptime();
    double seconds = BootClock.system().nanos() / 1e9;
    double after = uptime();

    assertThat(seconds).isBetween(before - 0.02, after + 0.02);
  }

  private static double uptime() throws IOException {
    return Double.parseDouble(Files.readString(Path.of("/proc/uptime")).split(" ", 2)[0]);
  }

  @Test
  void otherSystemsAreRefusedByName() {
    assertThat(Architecture.of("Linux", "amd64")).isEqualTo(Architecture.X86_64);
    assertThat(Architecture.of("Linux", "aarch64")).isEqualTo(Architecture.AARCH64);
    assertThatThrownBy(() -> Architecture.of("Linux", "riscv64"))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessage("system Linux on riscv64 (expected: Linux on x86_64 or aarch64)");
    assertThatThrownBy(() -> Architecture.of("Mac OS X", "aarch64"))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void theUnifiedControlGroupComesFirst() {
    assertThat(Cgroup.parse("4:cpu:/v1\n0::/v2:x\n")).isEqualTo("/v2:x");
    assertThat(Cgroup.parse("4:cpu:/\n3:memory:/v1\n0::/\n")).isEqualTo("/v1");
    assertThat(Cgroup.parse("0::/\n")).isEqualTo("/");
    assertThat(Cgroup.parse("")).isEqualTo("/");
  }

  @Test
  void statusLinesAreReadByName() throws IOException {
    ProcStatus status =
        ProcStatus.parse(
            """
            Name:\tx\\nUid:
            Uid:\t1\t4294967294\t3\t4
            Gid:\t5\t6\t7\t8
            Groups:\t9 10\s
            NoNewPrivs:\t1
            TracerPid:\t0
            """);

    assertThat(status.uids()).containsExactly(1, -2, 3, 4);
    assertThat(status.gids()).containsExactly(5, 6, 7, 8);
    assertThat(status.supplementaryGids()).containsExactly(9, 10);
    assertThat(status.noNewPrivileges()).isTrue();
    assertThat(status.tracer()).isZero();
  }

  @Test
  void statusWithoutWhatIsNeededIsRefused() {
    assertThatThrownBy(() -> ProcStatus.parse("").uids())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Uid is \"missing\"");
    assertThatThrownBy(() -> ProcStatus.parse("Uid:\t1\t2\n").uids())
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> ProcStatus.parse("TracerPid:\t\n").tracer())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("TracerPid is \"\"");
    assertThatThrownBy(() -> ProcStatus.parse("Groups:\tnine\n").supplementaryGids())
        .isInstanceOf(IOException.class);
  }

  @Test
  void procfsFilesAreReadUpToALimit() throws IOException {
    try (ProcDirectory own = Kernel.own()) {
      assertThatThrownBy(() -> own.read("status", 10))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("longer than 10 bytes");
      assertThatThrownBy(() -> own.read("no-such-file", 10)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void aLongProcfsFileIsReadWhole() throws IOException {
    try (ProcDirectory own = Kernel.own()) {
      String maps = own.readText("maps", 16 << 20);

      assertThat(maps).hasSizeGreaterThan(4096).endsWith("\n");
      assertThat(maps.lines()).allMatch(line -> line.matches("[0-9a-f]+-[0-9a-f]+ .*"));
    }
  }

  @Test
  void whatIsWantingHereSaysNothingAboutTheProcess() {
    for (int errno : new int[] {12, 23, 24}) {
      var cause = new SystemCallException("openat(x)", -errno);
      assertThat(ProcDirectory.refusal(1, cause).isTransient()).as("errno %d", errno).isTrue();
    }
    assertThat(ProcDirectory.refusal(1, new SystemCallException("x", -13)).isTransient()).isFalse();
  }

  @Test
  void hostileTextIsEscapedAndCut() {
    assertThat(Quoted.of("a\n\"\\\u202e")).isEqualTo("\"a\\u000a\\\"\\\\\\u202e\"");
    assertThat(Quoted.of("x".repeat(1000))).hasSizeLessThan(130);
  }

  @Test
  void theLimitOfDescriptorsIsTheSoftOne() throws IOException {
    assertThat(OwnProcess.mostDescriptors()).isPositive();
    String line = "Max processes  9  9 processes\nMax open files            %s  4096  files\n";
    assertThat(OwnProcess.mostDescriptors(line.formatted("1024"))).isEqualTo(1024);
    assertThat(OwnProcess.mostDescriptors(line.formatted("unlimited"))).isEqualTo(Long.MAX_VALUE);
    assertThatThrownBy(() -> OwnProcess.mostDescriptors("Max processes 9"))
        .hasMessageContaining("Max open files");
  }

  @Test
  void aDaemonHidesFromItsUser() throws IOException {
    // Other tests of this JVM read with another's rights, which hides it too.
    OwnProcess.setDumpable(1);
    assertThat(OwnProcess.isOpenToSameUser()).isTrue();
    try {
      OwnProcess.hideFromSameUser();

      assertThat(OwnProcess.isOpenToSameUser()).isFalse();
      // What this package needs of its own process can still be read.
      assertThat(Kernel.pidNamespace()).isPositive();
      try (MountTable mounts = MountTable.own()) {
        assertThat(mounts.fileSystem(-1)).isEmpty();
      }
    } finally {
      OwnProcess.setDumpable(1);
    }
  }

  @Test
  void aLayoutThatIsNotShownIsRefused() throws Exception {
    try (ProcDirectory own = Kernel.own()) {
      for (var hidden :
          List.of(
              new ProcStat.Layout(1, 0, 0, 0),
              new ProcStat.Layout(0x5000, 0, 0x7000, 0x7100),
              new ProcStat.Layout(0x5000, 0x6000, 0, 0x7100))) {
        assertThatThrownBy(() -> MemoryLayoutCheck.require(own, hidden))
            .isInstanceOf(UnattestableException.class)
            .hasMessageContaining("hides its memory layout")
            .extracting(e -> ((UnattestableException) e).reason())
            .isEqualTo(UnattestableException.Reason.UNREADABLE);
      }
    }
  }

  /// As seen under `setarch -R`: on x86-64 the stack ends a page below 2^47, on aarch64 at 2^48.
  @Test
  void aLayoutThatIsNotRandomShowsAtTheTopOfTheStack() {
    assertThat(MemoryLayoutCheck.isAtFixedTop(environmentAt(0x7fffffffefebL))).isTrue();
    assertThat(MemoryLayoutCheck.isAtFixedTop(environmentAt(0xffffffffffebL))).isTrue();
    assertThat(MemoryLayoutCheck.isAtFixedTop(environmentAt(0x7ffca91f0febL))).isFalse();
    assertThat(MemoryLayoutCheck.isAtFixedTop(environmentAt(0xffffd91f0febL))).isFalse();
    assertThat(MemoryLayoutCheck.isAtFixedTop(new ProcStat.Layout(1, 0xff00, 2, 0xffee))).isFalse();
  }

  private static ProcStat.Layout environmentAt(long end) {
    return new ProcStat.Layout(0x5000, end - 0x2000, end - 0x1000, end);
  }

  @Test
  void theUsersOfThisMachineAreListed() {
    int pid = (int) ProcessHandle.current().pid();
    int uid = CurrentUser.own();

    assertThat(ProcessTable.ofUser(uid, 100_000).orElseThrow())
        .extracting(ProcessTable.Row::pid)
        .contains(pid);
    assertThat(ProcessTable.ofUser(uid, 1)).isEmpty();
  }

  private static final class CurrentUser {
    static int own() {
      try {
        return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }
}
