package dev.credence.platform.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MapsProbeTest {
  private static MapsProbe open(String file, int pid) throws Exception {
    try (ProcDirectory process = ProcDirectory.open(pid)) {
      return file.equals("maps") ? MapsProbe.openMaps(process) : MapsProbe.open(process);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pagemap", "maps"})
  void aProcessThatRunsOnDoesNotChange(String file) throws Exception {
    try (Child child = Child.shell("echo ready; read x; echo again; read y");
        MapsProbe probe = open(file, child.pid())) {
      assertThat(probe.changed()).isFalse();
      child.go();
      child.expect("again");

      assertThat(probe.changed()).isFalse();
      assertThat(probe.changed()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pagemap", "maps"})
  void execChanges(String file) throws Exception {
    try (Child child = Child.shell("echo ready; read x; exec sh -c 'echo changed; read y'");
        MapsProbe probe = open(file, child.pid())) {
      child.go();
      child.expect("changed");

      assertThat(probe.changed()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pagemap", "maps"})
  void exitChanges(String file) throws Exception {
    try (Child child = Child.idle();
        MapsProbe probe = open(file, child.pid())) {
      child.kill();

      assertThat(probe.changed()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pagemap", "maps"})
  void execChangesWhereNothingIsRandom(String file) throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/setarch")), "skipped: there is no setarch(8)");
    String script = "echo ready; read x; exec sh -c 'echo changed; read y'";
    try (Child child = Child.start("setarch", "-R", "/bin/sh", "-c", script)) {
      child.expect("ready");
      try (MapsProbe probe = open(file, child.pid())) {
        child.go();
        child.expect("changed");

        assertThat(probe.changed()).isTrue();
      }
    }
  }

  /// A program that forks keeps its memory; the child's is another.
  @Test
  void aForkChangesNothing() throws Exception {
    try (Child child = Child.shell("echo ready; read x; (read z) & echo forked; read y");
        MapsProbe probe = MapsProbe.open(child.pid())) {
      child.go();
      child.expect("forked");

      assertThat(probe.changed()).isFalse();
    }
  }

  @Test
  void aClosedProbeAnswersNothing() throws Exception {
    try (Child child = Child.idle()) {
      MapsProbe probe = MapsProbe.open(child.pid());
      probe.close();
      probe.close();

      assertThatThrownBy(probe::changed)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("closed");
    }
  }
}
