package dev.credence.node;

import static dev.credence.node.NodeRig.OWN_UID;
import static dev.credence.node.NodeRig.take;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credence.proto.local.v1.ExplainRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What depends on real processes: their keys, their exec, their exit, their user.
@Timeout(300)
class ProcessesTest {
  private final NodeRig rig = new NodeRig();

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void twoProcessesOfOneRegistrationHaveKeysAndExecutionsOfTheirOwn() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    try (Child one = Child.start(rig.socket());
        Child two = Child.start(rig.socket())) {
      String first = one.ask("fetch");
      String second = two.ask("fetch");
      assertThat(first).startsWith("svid spiffe://test.example/agent/team/a ");
      assertThat(second).startsWith("svid spiffe://test.example/agent/team/a ");
      assertThat(first).isNotEqualTo(second);
      assertThat(rig.server.running()).hasSize(2);
    }
  }

  @Test
  void anExitEndsTheExecutionAtOnce() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    try (Child child = Child.start(rig.socket())) {
      child.ask("fetch");
      String execution = rig.server.running().getFirst();
      long killed = System.nanoTime();
      child.kill();
      var end = take(rig.server.ends);
      assertThat(end.getExecutionId()).isEqualTo(execution);
      assertThat(end.getReason()).isEqualTo("process-exited");
      // As seen, for the log of the test: no figure is promised here.
      System.out.printf("exit to report: %d ms%n", (System.nanoTime() - killed) / 1_000_000);
    }
  }

  @Test
  void anExecEndsTheExecution() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    try (Child child = Child.start(rig.socket())) {
      child.ask("fetch");
      String execution = rig.server.running().getFirst();
      child.tell("exec");
      // Its connection closes at the exec, so that no time has to pass.
      var end = take(rig.server.ends);
      assertThat(end.getExecutionId()).isEqualTo(execution);
      assertThat(end.getReason()).isIn("process-changed", "process-exited");
    }
  }

  @Test
  void anExecThatKeepsTheConnectionIsSeenAtTheRecheck() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    try (Child child = Child.start(rig.socket())) {
      child.ask("fetch");
      child.tell("exec-keeping");
      rig.awaitAsTimePasses("the end", Duration.ofSeconds(10), () -> !rig.server.ends.isEmpty());
      assertThat(take(rig.server.ends).getReason()).isIn("process-changed", "process-exited");
    }
  }

  @Test
  void anExecOfAProcessWithoutAConnectionIsSeenAtTheRecheck() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    // After the restart its execution goes on, and it has no connection yet.
    try (Child child = Child.start(rig.socket())) {
      child.ask("fetch");
      rig.node().close();
      rig.startAndWait();
      assertThat(take(rig.server.settled).getRunningExecutionIdsList()).isEmpty();
      assertThat(take(rig.server.settled).getRunningExecutionIdsList()).hasSize(1);
      child.tell("exec");
      rig.awaitAsTimePasses("the end", Duration.ofSeconds(10), () -> !rig.server.ends.isEmpty());
      // In the middle of an exec by another thread than the first, the kernel shows the first as
      // dead.
      assertThat(take(rig.server.ends).getReason()).isIn("process-changed", "process-exited");
    }
  }

  @Test
  void afterARestartExecutionsWithTheirProcessGoOnUnderANewKey() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    try (Child alive = Child.start(rig.socket());
        Child dies = Child.start(rig.socket())) {
      String before = alive.ask("fetch");
      String goesOn = rig.server.running().getFirst();
      dies.ask("fetch");
      rig.node().close();
      assertThat(alive.read()).startsWith("end UNAVAILABLE");
      dies.kill();
      rig.startAndWait();
      take(rig.server.settled);
      assertThat(take(rig.server.settled).getRunningExecutionIdsList()).containsExactly(goesOn);
      String after = alive.ask("fetch");
      assertThat(after).startsWith("svid ").isNotEqualTo(before);
      assertThat(rig.server.running()).isEqualTo(List.of(goesOn));
      // And it is watched: its exit is reported.
      alive.kill();
      assertThat(take(rig.server.ends).getExecutionId()).isEqualTo(goesOn);
    }
  }

  @Test
  void endsWhileTheServerIsAwayAreReportedWhenItIsBack() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    take(rig.server.settled);
    try (Child child = Child.start(rig.socket())) {
      child.ask("fetch");
      String execution = rig.server.running().getFirst();
      rig.server.goAway();
      child.kill();
      rig.server.start();
      rig.awaitAsTimePasses("the report", Duration.ofSeconds(1), () -> !rig.server.ends.isEmpty());
      assertThat(take(rig.server.ends).getExecutionId()).isEqualTo(execution);
      rig.awaitAsTimePasses(
          "the settlement", Duration.ofSeconds(1), () -> !rig.server.settled.isEmpty());
      assertThat(take(rig.server.settled).getRunningExecutionIdsList()).isEmpty();
    }
  }

  @Test
  @DisplayName(
      "WX-23: callers of two uids at the same time get their own identities, and no others")
  void eachUserGetsItsOwn() {
    assumeTrue(OWN_UID.equals("unix:uid:0"), "needs root");
    String classPath = ReadableClassPath.copy();
    rig.server.register("of-root", "unix:uid:0");
    rig.server.register("of-nobody", "unix:uid:65534");
    rig.startAndWait();
    try (Child root = Child.start(rig.socket());
        Child nobody = Child.ofNobody(rig.socket(), classPath);
        Child another = Child.ofNobody(rig.socket(), classPath)) {
      // All ask before anybody's answer is read.
      for (Child child : List.of(root, nobody, another)) {
        child.tell("fetch");
      }
      var serials = new HashSet<String>();
      for (Child child : List.of(root, nobody, another)) {
        String answer = child.read();
        String own = child == root ? "of-root" : "of-nobody";
        assertThat(answer).startsWith("svid spiffe://test.example/agent/team/" + own + " ");
        serials.add(answer.substring(answer.lastIndexOf(' ')));
      }
      assertThat(serials).hasSize(3);
    }
  }

  // --- explain ---

  @Test
  void aProcessThatCannotBeReadIsExplainedToRootOnly() throws Exception {
    assumeTrue(OWN_UID.equals("unix:uid:0"), "needs root");
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/setarch")), "needs setarch");
    String classPath = ReadableClassPath.copy();
    rig.startAndWait();
    // Without a random layout of its memory no process has a mark.
    var fixed =
        new ProcessBuilder("setarch", "--addr-no-randomize", "sleep", "60")
            .redirectErrorStream(true)
            .start();
    try (Child nobody = Child.ofNobody(rig.socket(), classPath)) {
      Path program = Path.of("/proc/" + fixed.pid() + "/exe");
      NodeRig.await("sleep to run", () -> target(program).endsWith("sleep"));
      var explanation =
          rig.local().explain(ExplainRequest.newBuilder().setPid((int) fixed.pid()).build());
      assertThat(explanation.getProblem()).contains("randomi");
      assertThat(explanation.getMatchesList()).isEmpty();
      // Whose it is was not found out: others learn nothing of it.
      assertThat(nobody.ask("explain " + fixed.pid())).isEqualTo("end PERMISSION_DENIED");
    } finally {
      fixed.destroyForcibly();
    }
  }

  private static Path target(Path link) {
    try {
      return Files.readSymbolicLink(link);
    } catch (IOException e) {
      return link;
    }
  }

  @Test
  void rootMayAskAboutEverybody() {
    assumeTrue(OWN_UID.equals("unix:uid:0"), "needs root");
    String classPath = ReadableClassPath.copy();
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    try (Child nobody = Child.ofNobody(rig.socket(), classPath)) {
      assertThat(nobody.ask("explain 0")).isEqualTo("explained " + nobody.pid());
      var explanation =
          rig.local().explain(ExplainRequest.newBuilder().setPid((int) nobody.pid()).build());
      assertThat(explanation.getAttestation().getProcess().getUid()).isEqualTo(65534);
      assertThat(explanation.getMatchesList()).isEmpty();
      assertThat(explanation.getNearestList())
          .singleElement()
          .satisfies(miss -> {
            assertThat(miss.getSpiffeId()).isEqualTo("spiffe://test.example/agent/team/a");
            assertThat(miss.getFailed(0).getSelector().getValue()).isEqualTo("0");
            assertThat(miss.getFailed(0).getSeenList()).containsExactly("65534");
          });
    }
  }

  @Test
  void othersMayAskAboutTheirOwnProcessesOnly() {
    assumeTrue(OWN_UID.equals("unix:uid:0"), "needs root");
    String classPath = ReadableClassPath.copy();
    rig.startAndWait();
    try (Child nobody = Child.ofNobody(rig.socket(), classPath);
        Child friend = Child.ofNobody(rig.socket(), classPath)) {
      friend.ask("explain 0");
      assertThat(nobody.ask("explain " + friend.pid())).isEqualTo("explained " + friend.pid());
      assertThat(nobody.ask("explain 1")).isEqualTo("end PERMISSION_DENIED");
      assertThat(nobody.ask("explain " + ProcessHandle.current().pid()))
          .isEqualTo("end PERMISSION_DENIED");
      assertThat(nobody.ask("explain 4194303")).isEqualTo("end NOT_FOUND");
      assertThat(take(rig.server.refusals).getReason()).isEqualTo("not-its-own");
    }
  }

  @Test
  void explainShowsMatchAndExecution() {
    String registration = rig.server.register("a", OWN_UID);
    rig.startAndWait();
    rig.fetch().message();
    var explanation = rig.local().explain(ExplainRequest.getDefaultInstance());
    assertThat(explanation.getSynchronised()).isTrue();
    assertThat(explanation.getRegistrations()).isEqualTo(1);
    assertThat(explanation.getProblem()).isEmpty();
    assertThat(explanation.getMatchesList())
        .singleElement()
        .satisfies(match -> {
          assertThat(match.getRegistrationId()).isEqualTo(registration);
          assertThat(match.getExecutionId()).isEqualTo(rig.server.running().getFirst());
        });
    Assertions.assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(() -> rig.local().explain(ExplainRequest.newBuilder().setPid(4194303).build()))
        .matches(e -> e.getStatus().getCode() == Status.Code.NOT_FOUND);
  }
}
