package dev.credence.attestors.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credence.attestors.Attested;
import dev.credence.attestors.Evidence;
import dev.credence.attestors.ProcessRef;
import dev.credence.attestors.Selector;
import dev.credence.attestors.Wanted;
import dev.credence.certs.CodeAssurance;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// With the real engine.
class PodmanTest {
  private static final Wanted WANTED =
      Wanted.by(
          List.of(
              Selector.parse("docker:label:role:agent"),
              Selector.parse("docker:env:TASK=invoices"),
              Selector.parse("docker:image_id:" + Podman.IMAGE),
              Selector.parse("docker:image_config_digest:" + ScriptedEngine.DIGEST)));

  @TempDir static Path folder;
  private static Podman podman;
  private static DockerAttestor attestor;
  private static String container;

  @BeforeAll
  static void start() throws Exception {
    Optional<String> missing = Podman.missing();
    assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
    podman = Podman.start(folder);
    attestor =
        DockerAttestor.open(
            new DockerAttestor.Sockets(List.of(), List.of(podman.socket())), System::nanoTime);
    container =
        podman.container(
            "--label=role=agent",
            "--env=TASK=invoices",
            "--env=SECRET=s",
            Podman.IMAGE,
            "sleep",
            "600");
  }

  @AfterAll
  static void stop() throws Exception {
    if (podman != null) {
      attestor.close();
      podman.close();
    }
  }

  /// As the node does: what cannot be found out now is asked again.
  private static Attested attest(ProcessRef process) throws Exception {
    for (int i = 0; i < 20; i++) {
      Attested attested = attestor.attest(process, WANTED);
      if (attested.gaps().stream().noneMatch(Attested.Gap::passing)) {
        return attested;
      }
    }
    throw new AssertionError("the engine does not answer");
  }

  @Test
  void whatTheEngineSays() throws Exception {
    assertThat(attest(Child.ref(podman.pid(container))).evidence())
        .extracting(one -> one.selector().toString(), Evidence::code)
        .containsExactlyInAnyOrder(
            Tuple.tuple("docker:image_id:" + Podman.IMAGE, Optional.of(CodeAssurance.ORCHESTRATOR)),
            Tuple.tuple(
                "docker:image_config_digest:" + podman.digest(),
                Optional.of(CodeAssurance.ORCHESTRATOR)),
            Tuple.tuple("docker:label:role:agent", Optional.empty()),
            Tuple.tuple("docker:env:TASK=invoices", Optional.empty()));
  }

  @Test
  void aProgramThatWasAddedLater() throws Exception {
    Process exec = podman.exec(container, "/bin/sh", "-c", "echo $$; cat");
    int inner = exec.getInputStream().read();
    assertThat(inner).isPositive();
    int pid = newest(podman.pid(container));

    assertThat(attest(Child.ref(pid)).evidence()).hasSize(4);
    exec.destroyForcibly();
  }

  /// The youngest process that shares the pid namespace of this one.
  private static int newest(int first) throws Exception {
    Object namespace = Files.readSymbolicLink(Path.of("/proc/" + first + "/ns/pid"));
    return ProcessHandle.allProcesses()
        .mapToInt(process -> Math.toIntExact(process.pid()))
        .filter(pid -> {
          try {
            return Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/pid")).equals(namespace);
          } catch (java.io.IOException e) {
            return false;
          }
        })
        .max()
        .orElseThrow();
  }

  @Test
  void aProgramOnAVolume() throws Exception {
    Path volume = Files.createDirectory(folder.resolve("volume"));
    Files.copy(Path.of("/bin/busybox"), volume.resolve("sleep"));
    String other =
        podman.container(
            "--volume=" + volume + ":/app",
            "--label=role=agent",
            Podman.IMAGE,
            "/app/sleep",
            "600");

    Attested attested = attest(Child.ref(podman.pid(other)));
    assertThat(attested.evidence()).hasSize(3);
    assertThat(attested.evidence()).allSatisfy(one -> assertThat(one.code()).isEmpty());
  }

  @Test
  void aContainerWithoutAPidNamespaceOfItsOwn() throws Exception {
    String other =
        podman.container("--pid=host", "--label=role=agent", Podman.IMAGE, "sleep", "600");

    assertThat(attest(Child.ref(podman.pid(other))).evidence())
        .extracting(one -> one.selector().toString())
        .contains("docker:label:role:agent");
  }

  @Test
  void theEnginesOwnHelperIsInNoContainer() throws Exception {
    int conmon =
        Math.toIntExact(
            ProcessHandle.of(podman.pid(container))
                .flatMap(ProcessHandle::parent)
                .orElseThrow()
                .pid());
    assertThat(Files.readString(Path.of("/proc/" + conmon + "/comm"), StandardCharsets.UTF_8))
        .isEqualTo("conmon\n");

    assertThat(attest(Child.ref(conmon)).evidence()).isEmpty();
  }
}
