package dev.credence.e2e.stories;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credence.attestors.container.Podman;
import dev.credence.attestors.container.TestGroup;
import dev.credence.e2e.attacks.Needs;
import dev.credence.e2e.attacks.Trick;
import dev.credence.e2e.program.ClassPath;
import dev.credence.e2e.program.JavaCopy;
import dev.credence.e2e.program.Workload;
import dev.credence.e2e.rig.Rig;
import dev.credence.e2e.rig.RigNode;
import dev.credence.e2e.story.Story;
import dev.credence.node.AttachConfig;
import dev.credence.proto.common.v1.CodeAssurance;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("containers")
class ContainersStoryTest {
  private static final String JAVA = "/jdk/bin/java";
  private static final String OTHER = "localhost/credence-other:1";
  private static final String REFUSED = "PERMISSION_DENIED no identity issued";

  @TempDir static Path folder;
  private static Podman podman;
  private static Rig rig;
  private static RigNode node;

  @BeforeAll
  static void start() throws Exception {
    Optional<String> missing = Podman.missing();
    assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
    podman =
        Podman.start(
            Files.createDirectory(folder.resolve("podman")),
            Map.of(JAVA.substring(1), JavaCopy.jdk().resolve("bin/java")));
    podman.otherImage(OTHER);
    rig = Rig.start();
    node = rig.addNode(new AttachConfig(List.of(), List.of(podman.socket()), Optional.empty()));
    rig.agent("finance", "invoice-bot")
        .forProcesses(
            "docker:label:agent:invoice-bot", "docker:image_config_digest:" + podman.digest());
    rig.agent("finance", "path-bot").forProcesses("unix:path:" + JAVA);
  }

  @AfterAll
  static void stop() throws Exception {
    if (podman != null) {
      try (var last = podman) {
        if (rig != null) {
          rig.close();
        }
        assertThat(last.socket()).exists();
      }
    }
  }

  private static Workload container(String label, String image) throws Exception {
    var options =
        new ArrayList<>(
            List.of(
                "--label=agent=" + label,
                "--tmpfs=/scratch:rw,exec",
                "--env=JDK_JAVA_OPTIONS=-Djava.io.tmpdir=/scratch",
                "--volume=" + JavaCopy.jdk().resolve("lib") + ":/jdk/lib:ro",
                "--volume=" + JavaCopy.jdk().resolve("conf") + ":/jdk/conf:ro",
                "--volume=" + Path.of("/lib").toRealPath() + ":/lib:ro",
                "--volume=" + Path.of("/lib64").toRealPath() + ":/lib64:ro"));
    ClassPath.roots().forEach(root -> options.add("--volume=" + root + ":" + root + ":ro"));
    var place = node.socket().resolveSibling(".").normalize();
    options.add("--volume=" + place + ":" + place);
    options.add(image);
    return Workload.inContainer(
        podman.foreground(options.toArray(String[]::new)),
        podman.environment(),
        JAVA,
        node.socket());
  }

  @Trick(
      name = "another image under a registered label; a registered image under another label",
      outcome = "refused: no identity; the right image and label have one at level orchestrator",
      needs = {Needs.ROOT, Needs.PODMAN})
  @DisplayName("a container is known by image and label")
  void imageAndLabel() throws Exception {
    try (var story = Story.of("containers by image and label")) {
      var right =
          story.opens(
              "the right image with the right label", () -> container("invoice-bot", Podman.IMAGE));
      var svid = story.ask("it fetches", () -> right.fetch().getFirst());
      story.step(
          "it is the agent, and the engine vouches for its code",
          () -> {
            assertThat(svid.spiffeId()).endsWith("/agent/finance/invoice-bot");
            assertThat(rig.admin().execution(svid.execution()).getCode())
                .isEqualTo(CodeAssurance.CODE_ASSURANCE_ORCHESTRATOR);
          });
      var image = story.opens("another image, same label", () -> container("invoice-bot", OTHER));
      story.step("it is refused", () -> assertThat(image.refused()).isEqualTo(REFUSED));
      var label =
          story.opens("the same image, another label", () -> container("other", Podman.IMAGE));
      story.step("it is refused", () -> assertThat(label.refused()).isEqualTo(REFUSED));
    }
  }

  @Trick(
      name = "a container that shows its own file at a registered path",
      outcome = "refused: no identity",
      needs = {Needs.ROOT, Needs.PODMAN})
  @DisplayName("unix:path gives nothing in a container")
  void path() throws Exception {
    try (var story = Story.of("a path in a container")) {
      var process =
          story.opens("a program at the registered path", () -> container("none", Podman.IMAGE));
      story.step("it is refused", () -> assertThat(process.refused()).isEqualTo(REFUSED));
    }
  }

  @Trick(
      name =
          "a control group named like that of a registered container; a process moved into that container's own",
      outcome = "refused: no identity",
      needs = {Needs.ROOT, Needs.PODMAN, Needs.CGROUP2})
  @DisplayName("a process outside is not in the container, whatever its control groups are called")
  void groups() throws Exception {
    try (var story = Story.of("forged control groups")) {
      var id =
          story.ask(
              "a registered container",
              () -> podman.container("--label=agent=invoice-bot", Podman.IMAGE, "sleep", "600"));
      var java = JavaCopy.in(folder.resolve("agent"));
      var forged =
          story.opens("a group of that name elsewhere", () -> TestGroup.make("x/libpod-" + id));
      var forger = story.opens("a process", () -> Workload.start(java, node.socket()));
      story.step("is put there", () -> forged.take(forger.process().pid()));
      story.step("it is refused", () -> assertThat(forger.refused()).isEqualTo(REFUSED));
      story.step("it is moved into the real one", () -> moveBeside(forger, podman.pid(id)));
      story.step("it is refused", () -> assertThat(forger.refused()).isEqualTo(REFUSED));
      story.step("it ends", forger::close);
    }
  }

  /// Into the same group of every hierarchy, as root of the host can.
  private static void moveBeside(Workload moved, int pid) throws Exception {
    for (var line : Files.readAllLines(Path.of("/proc/" + pid + "/cgroup"))) {
      var parts = line.split(":", 3);
      var hierarchy =
          parts[1].isEmpty()
              ? TestGroup.root().orElseThrow()
              : Path.of("/sys/fs/cgroup").resolve(parts[1].replace("name=", ""));
      Files.writeString(
          hierarchy.resolve(parts[2].substring(1)).resolve("cgroup.procs"),
          Integer.toString(moved.process().pid()));
    }
    assertThat(Files.readString(Path.of("/proc/" + moved.process().pid() + "/cgroup")))
        .isEqualTo(Files.readString(Path.of("/proc/" + pid + "/cgroup")));
  }
}
