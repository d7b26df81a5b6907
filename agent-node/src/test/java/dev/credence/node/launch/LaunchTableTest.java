package dev.credence.node.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.attestors.Attested;
import dev.credence.attestors.Attested.Gap;
import dev.credence.attestors.Evidence;
import dev.credence.attestors.ProcessRef;
import dev.credence.attestors.Selector;
import dev.credence.attestors.Wanted;
import dev.credence.attestors.WorkloadAttestor;
import dev.credence.platform.linux.LaunchedProcess;
import dev.credence.platform.linux.ProcessMark;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("what is known of programs that the node has started")
class LaunchTableTest {
  private static final int PID = Math.toIntExact(ProcessHandle.current().pid());

  private final LaunchTable table =
      new LaunchTable(Clock.fixed(Instant.parse("2025-11-22T10:00:00.5Z"), ZoneOffset.UTC));

  /// This process, as if the node had started it.
  private static Launched launched() throws Exception {
    return new Launched(
        PID,
        LaunchedProcess.group(PID),
        LaunchedProcess.mountNamespace(PID),
        List.of(
            Evidence.of(new Selector("code", "entry", "agent.py"), "a test"),
            Evidence.of(new Selector("launch", "runtime", "python"), "a test"),
            Evidence.of(new Selector("sandbox", "no_new_privs", "true"), "a test")),
        CompletableFuture.completedFuture(ProcessMark.read(PID)),
        Condition.NONE);
  }

  private List<Attested> attested() throws Exception {
    var all = new java.util.ArrayList<Attested>();
    for (WorkloadAttestor attestor : LaunchAttestor.over(table)) {
      all.add(attestor.attest(new ProcessRef(PID, 0, 0), Wanted.everything()));
    }
    return all;
  }

  @Test
  @DisplayName("what was seen once of a program takes its evidence for good, and is said")
  void spoiled() throws Exception {
    Launched launched = launched();
    table.add(launched);
    assertThat(attested())
        .allSatisfy(one -> assertThat(one.evidence()).hasSize(1))
        .allSatisfy(one -> assertThat(one.gaps()).isEmpty());
    assertThat(table.isInItsGroup(PID, launched.group())).isTrue();
    table.spoil(PID, "process 4 is traced by process 7");
    table.spoil(PID, "something later");
    assertThat(table.isInItsGroup(PID, launched.group())).isFalse();
    assertThat(attested())
        .allSatisfy(one -> assertThat(one.evidence()).isEmpty())
        .allSatisfy(one -> assertThat(one.gaps()).isNotEmpty().noneMatch(Gap::passing))
        .allSatisfy(one ->
            assertThat(one.gaps().getFirst().reason())
                .contains("2025-11-22T10:00:00Z: process 4 is traced by process 7")
                .contains("started anew"));
  }

  @Test
  @DisplayName("a program that left what it was put into is not believed when it is back")
  void left() throws Exception {
    var there = launched();
    var broken = new java.util.concurrent.atomic.AtomicBoolean(true);
    table.add(
        new Launched(
            PID,
            there.group(),
            there.view(),
            there.evidence(),
            there.mark(),
            _ -> broken.get() ? java.util.Optional.of("it left") : java.util.Optional.empty()));
    assertThat(attested()).allSatisfy(one -> assertThat(one.evidence()).isEmpty());
    broken.set(false);
    assertThat(attested())
        .allSatisfy(one -> assertThat(one.evidence()).isEmpty())
        .allSatisfy(one -> assertThat(one.gaps().getFirst().reason()).contains("it left"));
  }

  @Test
  @DisplayName("whoever has code evidence has that of the agent, whenever something breaks")
  void wholeOrNothing() throws Exception {
    for (int look = 0; look < 4; look++) {
      var there = launched();
      var left = new java.util.concurrent.atomic.AtomicInteger(look);
      var once = new LaunchTable(Clock.systemUTC());
      once.add(
          new Launched(
              PID,
              there.group(),
              there.view(),
              there.evidence(),
              there.mark(),
              // It leaves at one look, and is back at the next.
              _ ->
                  left.getAndDecrement() == 0
                      ? java.util.Optional.of("it left")
                      : java.util.Optional.empty()));
      var types = new java.util.ArrayList<String>();
      for (WorkloadAttestor attestor : LaunchAttestor.over(once)) {
        attestor
            .attest(new ProcessRef(PID, 0, 0), Wanted.everything())
            .evidence()
            .forEach(one -> types.add(one.selector().type()));
      }
      if (types.contains("code")) {
        assertThat(types).as("left at look %d", look).contains("launch");
      }
    }
  }

  @Test
  @DisplayName("the next program with that pid is not spoiled, and one that is gone spoils nothing")
  void next() throws Exception {
    Launched first = launched();
    table.spoil(PID, "nobody");
    table.add(first);
    assertThat(attested().getFirst().evidence()).hasSize(1);
    table.spoil(PID, "a tracer");
    table.remove(first);
    assertThat(table.size()).isZero();
    table.add(launched());
    assertThat(attested().getFirst().evidence()).hasSize(1);
  }
}
