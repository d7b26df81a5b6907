package dev.credence.platform.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A program and what it started, without a control group")
class ProgramFamilyTest {
  private static final long SOON_SECONDS = 20;

  /// Waits at the gate, which it closes, and then lives on with two children, one of which has left
  /// its session.
  private static final String LEAVING =
      "read -r go <&3; exec 3<&-; sleep 600 & setsid sleep 600 & wait";

  private static SpawnedProcess start(StartGate gate, String... command) throws Exception {
    try (OpenFile nothing = OpenFile.nothing()) {
      return SpawnedProcess.start(
          new SpawnedProcess.Program(
              List.of(command),
              List.of(),
              new ArrayList<>(List.of(nothing, nothing, nothing, gate.inside())),
              Optional.empty()));
    }
  }

  private static List<ProcessHandle> children(SpawnedProcess process, int count) {
    var handle = ProcessHandle.of(process.pid()).orElseThrow();
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SOON_SECONDS);
    List<ProcessHandle> found = List.of();
    while (found.size() < count && System.nanoTime() < until) {
      found = handle.descendants().filter(ProgramFamilyTest::sleeps).toList();
    }
    assertThat(found).hasSize(count);
    return found;
  }

  private static boolean sleeps(ProcessHandle process) {
    return process.info().command().filter(name -> name.endsWith("sleep")).isPresent()
        || process.info().command().filter(name -> name.endsWith("busybox")).isPresent();
  }

  private static void awaitEnd(ProcessHandle process) throws Exception {
    process.onExit().get(SOON_SECONDS, TimeUnit.SECONDS);
  }

  @Test
  @DisplayName("ends what is in its session; what has left that is not found, and said to be so")
  void session() throws Exception {
    try (StartGate gate = StartGate.shut();
        SpawnedProcess leader = start(gate, "/bin/sh", "-c", LEAVING)) {
      var family = ProgramFamily.of(leader, Optional.empty());
      gate.open();
      List<ProcessHandle> children = children(leader, 2);
      family.kill();
      leader.collect();
      var left = new ArrayList<ProcessHandle>();
      for (ProcessHandle child : children) {
        if (session(child.pid()) == child.pid()) {
          left.add(child);
        } else {
          awaitEnd(child);
        }
      }
      assertThat(left).as("has left the session").hasSize(1).allMatch(ProcessHandle::isAlive);
      left.forEach(ProcessHandle::destroyForcibly);
      family.close();
    }
  }

  /// 0 if it is gone.
  private static long session(long pid) throws Exception {
    try (ProcDirectory process = ProcDirectory.open((int) pid)) {
      String stat = process.readText("stat", ProcStat.LONGEST);
      return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[3]);
    } catch (SystemCallException e) {
      return 0;
    }
  }

  @Test
  @DisplayName("ends everything in its user namespace, and in those within, whatever its session")
  void users() throws Exception {
    assumeThat(canUnshare()).withFailMessage("this user may make no user namespaces here").isTrue();
    String script =
        "read -r go <&3; exec 3<&-; setsid sleep 600 & setsid unshare --user --map-root-user sleep 600 & wait";
    try (StartGate gate = StartGate.shut();
        SpawnedProcess leader =
            start(gate, "/usr/bin/unshare", "--user", "--map-root-user", "/bin/sh", "-c", script)) {
      awaitOwnUsers(leader);
      var family = ProgramFamily.of(leader, Optional.of(UserNamespace.of(leader.pid())));
      gate.open();
      List<ProcessHandle> children = children(leader, 2);
      family.kill();
      leader.collect();
      for (ProcessHandle child : children) {
        awaitEnd(child);
      }
      family.close();
    }
  }

  private static boolean canUnshare() throws Exception {
    return new ProcessBuilder("unshare", "--user", "--map-root-user", "true").start().waitFor()
        == 0;
  }

  private static void awaitOwnUsers(SpawnedProcess process) throws Exception {
    long own = LaunchedProcess.userNamespace((int) ProcessHandle.current().pid());
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SOON_SECONDS);
    while (LaunchedProcess.userNamespace(process.pid()) == own) {
      assertThat(System.nanoTime()).isLessThan(until);
    }
  }

  @Test
  @DisplayName("a gate lets through by the daemon's line alone, not by its end")
  void gate() throws Exception {
    String script = "read -r go <&3 && exec 3<&- && exit 5; exit 6";
    try (StartGate gate = StartGate.shut();
        SpawnedProcess waiting = start(gate, "/bin/sh", "-c", script)) {
      gate.open();
      assertThat(waiting.collect()).isEqualTo(new SpawnedProcess.Ending(false, 5));
    }
    StartGate gate = StartGate.shut();
    try (SpawnedProcess waiting = start(gate, "/bin/sh", "-c", script)) {
      gate.close();
      assertThat(waiting.collect()).isEqualTo(new SpawnedProcess.Ending(false, 6));
    }
  }
}
