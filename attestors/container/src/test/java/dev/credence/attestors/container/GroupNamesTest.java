package dev.credence.attestors.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.attestors.container.GroupNames.Place;
import dev.credence.platform.linux.ControlGroups;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GroupNamesTest {
  private static final String ID = "0c".repeat(32);
  private static final String OTHER = "1d".repeat(32);

  private static Place read(String lines) throws IOException {
    return GroupNames.read(
        ControlGroups.parse(lines.replace("ID", ID).replace("OTHER", OTHER).replace('|', '\n')));
  }

  @ParameterizedTest
  @CsvSource({
    "DOCKER, 0::/system.slice/docker-ID.scope|",
    "DOCKER, 0::/docker/ID|",
    "DOCKER, 4:memory:/docker/ID|1:name=systemd:/docker/ID|0::/system.slice/containerd.service|",
    "DOCKER, 4:memory:/docker/ID|0::/|",
    "PODMAN, 0::/libpod_parent/libpod-ID|",
    "PODMAN, 3:pids:/libpod_parent/libpod-ID|0::/libpod_parent/libpod-ID|",
    "PODMAN, 0::/machine.slice/libpod-ID.scope|",
    "PODMAN, 0::/machine.slice/libpod-ID.scope/container|",
    "PODMAN, 0::/system.slice/bot.service/libpod-payload-ID|",
    "PODMAN, 0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-ID.scope|",
  })
  void namesOfBothEngines(EngineKind engine, String lines) throws IOException {
    assertThat(read(lines)).isEqualTo(new Place.Inside(new ContainerId(engine, ID)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0::/|",
        "0::/user.slice/user-1000.slice/session-2.scope|",
        "2:memory:/|0::/docker|",
        "0::/docker/0c0c|",
      })
  void outsideOfContainers(String lines) throws IOException {
    assertThat(read(lines)).isEqualTo(new Place.Outside());
  }

  @ParameterizedTest
  @CsvSource({
    "several containers, 2:memory:/docker/OTHER|0::/docker/ID|",
    "several containers, 2:memory:/libpod_parent/libpod-ID|0::/docker/ID|",
    "in a container, 0::/docker/ID/docker/OTHER|",
    "in a container, 0::/docker/ID/docker/ID|",
    "below, 0::/docker/ID/init.scope|",
    "below, 0::/docker/ID/container|",
    "below, 0::/libpod_parent/libpod-ID/container|",
    "below, 0::/machine.slice/libpod-ID.scope/container/more|",
    "another engine, 0::/kubepods/besteffort/pod12/ID|",
    "another engine, 0::/kubepods.slice/cri-containerd-ID.scope|",
    "another engine, 0::/machine.slice/libpod-conmon-ID.scope|",
    "another engine, 0::/docker-ID.scope.d|",
    "another engine, 0::/xdocker-ID.scope|",
    "another engine, 0::/ID|",
    "another engine, 0::/docker/IDa|",
  })
  void whatIsNotClearIsRefused(String reason, String lines) throws IOException {
    assertThat(read(lines))
        .isInstanceOfSatisfying(
            Place.Unclear.class, unclear -> assertThat(unclear.reason()).contains(reason));
  }

  @Test
  void anIdIsNotTakenFromUpperCase() throws IOException {
    assertThat(GroupNames.read(ControlGroups.parse("0::/docker/" + "0C".repeat(32) + "\n")))
        .isEqualTo(new Place.Outside());
  }
}
