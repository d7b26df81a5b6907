package dev.credence.platform.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
@DisplayName("A control group")
class ControlGroupTest {
  private static final int TERM = 15;
  private static final int ROUNDS = 40;

  private ControlGroup.Place place;

  @BeforeEach
  void find() throws Exception {
    Optional<ControlGroup.Place> found = ControlGroup.place();
    assumeTrue(found.isPresent(), "skipped: no version 2 hierarchy that this user may write to");
    place = found.orElseThrow();
  }

  private ControlGroup group(String name) throws Exception {
    return place.make("credence-test-" + ProcessHandle.current().pid() + "-" + name);
  }

  private static Process sleeperIn(ControlGroup group) throws Exception {
    Process sleeper =
        new ProcessBuilder(
                "/bin/sh",
                "-c",
                "echo $$ > \"$0/cgroup.procs\" && echo in && exec sleep 600",
                group.folder().toString())
            .start();
    assertThat(sleeper.getInputStream().read()).isEqualTo('i');
    return sleeper;
  }

  @Test
  @DisplayName("signals reach what is in it; once it is removed there is nothing to signal or end")
  void removed() throws Exception {
    ControlGroup group = group("gone");
    Process sleeper = sleeperIn(group);
    group.signal(TERM);
    assertThat(sleeper.waitFor(60, TimeUnit.SECONDS)).isTrue();
    group.remove();
    assertThat(group.folder()).doesNotExist();
    group.signal(TERM);
    group.kill();
    group.remove();
    group.close();
  }

  @Test
  @DisplayName(
      "who signals, ends or removes it while another one removes it has nothing to complain")
  void removedMeanwhile() throws Exception {
    try (var threads = Executors.newFixedThreadPool(4)) {
      for (int round = 0; round < ROUNDS; round++) {
        ControlGroup group = group("race");
        Process sleeper = sleeperIn(group);
        var start = new CountDownLatch(1);
        List<Callable<Void>> all =
            List.of(
                () -> {
                  start.await();
                  group.remove();
                  return null;
                },
                () -> {
                  start.await();
                  group.remove();
                  return null;
                },
                () -> {
                  start.await();
                  while (group.folder().toFile().isDirectory()) {
                    group.signal(TERM);
                  }
                  return null;
                },
                () -> {
                  start.await();
                  while (group.folder().toFile().isDirectory()) {
                    group.kill();
                  }
                  return null;
                });
        var running = all.stream().map(threads::submit).toList();
        start.countDown();
        for (var one : running) {
          assertThat(one.get(60, TimeUnit.SECONDS)).isNull();
        }
        assertThat(sleeper.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(group.folder()).doesNotExist();
      }
    }
  }
}
