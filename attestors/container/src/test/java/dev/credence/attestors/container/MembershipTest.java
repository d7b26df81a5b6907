package dev.credence.attestors.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.platform.linux.BootClock;
import dev.credence.platform.linux.ProcessPlace;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MembershipTest {
  private static final ContainerId ID =
      new ContainerId(EngineKind.PODMAN, "0123456789abcdef".repeat(4));

  /// This process stands for the first one of a container: it is in its own groups and namespaces.
  @Test
  void aPidThatWasGivenToAnotherProcessSinceTheEngineAnswered_provesNothing() throws Exception {
    int pid = Math.toIntExact(ProcessHandle.current().pid());
    ProcessPlace place = ProcessPlace.read(pid);
    var container = new Container(pid, false, "image", "sha256:00", Map.of(), List.of());

    var now = new Known(container, BootClock.system().nanos());
    assertThat(Membership.of(ID, now, place).isMember()).isTrue();

    var beforeItWasStarted = new Known(container, place.startedAtBootNanos() - 1);
    assertThat(Membership.of(ID, beforeItWasStarted, place))
        .isInstanceOfSatisfying(
            Finding.No.class, no -> assertThat(no.toString()).contains("another process's"));
  }
}
