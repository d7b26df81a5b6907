package dev.credence.node.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.attestors.Evidence;
import dev.credence.attestors.Selector;
import dev.credence.certs.CodeAssurance;
import dev.credence.platform.linux.FileCredentials;
import dev.credence.platform.linux.PeerCredentials;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("How a node that is not root starts programs")
class OwnWayTest {
  private static final String SOURCE = "the node's launch";

  private static OwnHost host(boolean views) {
    return new OwnHost(new FileCredentials(1000, 1001, List.of()), views, Path.of("/data/node"));
  }

  @Test
  @DisplayName("for its own uid alone; root is somebody else, too")
  void callers() {
    OwnWay way = OwnWay.of(host(true));
    assertThat(way.notFor(new PeerCredentials(10, 1000, 1001))).isEmpty();
    for (int uid : List.of(0, 1001, -2)) {
      assertThat(way.notFor(new PeerCredentials(10, uid, 1001)))
          .hasValueSatisfying(refusal ->
              assertThat(refusal)
                  .hasMessageContaining("the node runs as uid 1000")
                  .hasMessageContaining("not for uid " + Integer.toUnsignedString(uid)));
    }
  }

  @Test
  @DisplayName("code counts as file at most; no group of its own; the folder may be exchanged")
  void evidence() {
    var tree = new Selector("code", "tree", "0".repeat(64));
    var privileges = Evidence.of(new Selector("sandbox", "no_new_privs", "true"), SOURCE);
    List<Evidence> own =
        OwnWay.of(host(true))
            .evidence(
                List.of(
                    Evidence.of(tree, CodeAssurance.LAUNCHER, SOURCE),
                    Evidence.of(new Selector("sandbox", "cgroup", "own"), SOURCE),
                    Evidence.of(new Selector("sandbox", "view", "copy"), SOURCE),
                    privileges));
    assertThat(own)
        .containsExactly(
            Evidence.of(tree, CodeAssurance.FILE, SOURCE),
            Evidence.of(new Selector("sandbox", "view", "original"), SOURCE),
            privileges);
  }

  @Test
  @DisplayName("the rights are given up after the gate, and the program comes last")
  void stages() {
    for (boolean views : List.of(true, false)) {
      var stages = new OwnStages(host(views));
      List<String> held = stages.held(022, List.of("/usr/bin/env", "-i", "/usr/bin/python3"));
      assertThat(held).startsWith("/bin/sh", "-c").contains("22", "--no-new-privs");
      assertThat(held.indexOf("/usr/bin/setpriv")).isLessThan(held.indexOf("/usr/bin/env"));
      assertThat(held.contains("--bounding-set=-all")).isEqualTo(views);
      List<String> all =
          stages.all(
              new OwnStages.Folders(Path.of("/data/node/code/x"), Path.of("/c"), Path.of("/c/w")),
              held);
      assertThat(all.subList(all.size() - held.size(), all.size())).isEqualTo(held);
      assertThat(all).contains("/c/w");
      assertThat(all.contains("/data/node")).as("hidden").isEqualTo(views);
      assertThat(all.contains("--map-user=1000")).isEqualTo(views);
    }
  }

  @Test
  @DisplayName("nothing is started where the node's folder, with its key, cannot be hidden")
  void socketInTheDataFolder() throws Exception {
    Path socket = Path.of("/data/node/api.sock");
    var settings =
        new LaunchSettings(
            Path.of("/data/node/launch.sock"),
            "rw-rw-rw-",
            socket,
            "name",
            List.of(),
            Optional.empty(),
            1,
            1,
            1);
    try (LaunchWay way = LaunchWays.withoutRoot(settings)) {
      assertThat(way.notFor(new PeerCredentials(10, 1000, 1001)))
          .hasValueSatisfying(refusal ->
              assertThat(refusal)
                  .hasMessageContaining("/data/node/api.sock, is in the node's data folder")
                  .hasMessageContaining("expected: `socket` outside of `data_dir`"));
      assertThat(way.description()).startsWith("not at all");
    }
  }
}
