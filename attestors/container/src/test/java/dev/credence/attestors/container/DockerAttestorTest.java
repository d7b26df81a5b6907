package dev.credence.attestors.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.attestors.AttestationException;
import dev.credence.attestors.Attested;
import dev.credence.attestors.Evidence;
import dev.credence.attestors.ProcessRef;
import dev.credence.attestors.Selector;
import dev.credence.attestors.Silence;
import dev.credence.attestors.Wanted;
import dev.credence.attestors.WorkloadAttestor;
import dev.credence.attestors.WorkloadAttestorContract;
import dev.credence.certs.CodeAssurance;
import dev.credence.transport.UnsafeSocketException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// With real processes in real control groups, and an engine that says what it is told to.
class DockerAttestorTest extends WorkloadAttestorContract {
  private static final Wanted IMAGE =
      Wanted.by(List.of(Selector.parse("docker:image_config_digest:" + ScriptedEngine.DIGEST)));

  @TempDir private Path folder;

  private final String id = random();
  private final AtomicLong nanos = new AtomicLong();
  private TestGroup group;
  private ScriptedEngine engine;
  private DockerAttestor attestor;
  private Child first;
  private Child member;

  @BeforeEach
  void start() throws Exception {
    group = TestGroup.make("docker/" + id);
    engine = ScriptedEngine.serve(folder.resolve("docker.sock"));
    attestor =
        DockerAttestor.open(
            new DockerAttestor.Sockets(List.of(folder.resolve("docker.sock")), List.of()),
            nanos::get);
    first = Child.echo("/bin/cat");
    member = Child.echo("/bin/cat");
    group.take(first.pid());
    group.take(member.pid());
    engine.know(id, container(first.pid()));
  }

  @AfterEach
  void stop() throws IOException {
    Stream.of(first, member).filter(child -> child != null).forEach(Child::close);
    if (attestor != null) {
      attestor.close();
      engine.close();
      group.close();
    }
  }

  private static String random() {
    byte[] id = new byte[32];
    ThreadLocalRandom.current().nextBytes(id);
    return HexFormat.of().formatHex(id);
  }

  private String container(int pid) {
    return ScriptedEngine.running(
        id, pid, Map.of("role", "agent", "a:b", "c", "empty", ""), List.of("TASK=x", "SECRET=s"));
  }

  @Override
  protected WorkloadAttestor attestor() {
    return attestor;
  }

  @Override
  protected ProcessRef running() {
    return member.ref();
  }

  @Override
  protected ProcessRef ended() {
    ProcessRef ref = member.ref();
    member.close();
    return ref;
  }

  private String gap(ProcessRef process) throws AttestationException {
    Attested attested = attestor.attest(process, IMAGE);
    assertThat(attested.evidence()).isEmpty();
    assertThat(attested.gaps()).hasSize(1).noneMatch(Attested.Gap::passing);
    return attested.gaps().getFirst().reason();
  }

  private void assertNotNow(String expected) throws AttestationException {
    Attested attested = attestor.attest(member.ref(), IMAGE);
    assertThat(attested.evidence()).isEmpty();
    assertThat(attested.gaps())
        .singleElement()
        .satisfies(gap -> {
          assertThat(gap.passing()).isTrue();
          assertThat(gap.reason()).contains(expected);
        });
  }

  @Test
  void theImageSpeaksAboutCodeAndLabelsDoNot() throws Exception {
    assertThat(attestor.attest(member.ref(), Wanted.everything()).evidence())
        .extracting(evidence -> evidence.selector().toString(), Evidence::code)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                "docker:image_id:localhost/agent:1",
                java.util.Optional.of(CodeAssurance.ORCHESTRATOR)),
            org.assertj.core.groups.Tuple.tuple(
                "docker:image_config_digest:" + ScriptedEngine.DIGEST,
                java.util.Optional.of(CodeAssurance.ORCHESTRATOR)),
            org.assertj.core.groups.Tuple.tuple(
                "docker:label:role:agent", java.util.Optional.empty()));
  }

  @Test
  void ofTheEnvironmentOnlyWhatIsNamed() throws Exception {
    Wanted wanted = Wanted.by(List.of(Selector.parse("docker:env:TASK=x")));

    assertThat(attestor.attest(member.ref(), wanted).evidence())
        .extracting(evidence -> evidence.selector().toString())
        .containsExactly("docker:env:TASK=x");
    assertThat(attestor.attest(member.ref(), wanted.andEverything()).evidence())
        .extracting(evidence -> evidence.selector().toString())
        .contains("docker:env:TASK=x", "docker:label:role:agent")
        .doesNotContain("docker:env:SECRET=s");
  }

  @Test
  void nothingIsAskedIfNoRegistrationNamesIt() throws Exception {
    Attested attested =
        attestor.attest(member.ref(), Wanted.by(List.of(Selector.parse("unix:uid:0"))));

    assertThat(attested).isEqualTo(new Attested(List.of(), List.of()));
    assertThat(engine.asked()).isZero();
  }

  @Test
  void manyLooksAreOneQuestion() throws Exception {
    for (int i = 0; i < 20; i++) {
      assertThat(attestor.attest(member.ref(), IMAGE).evidence()).hasSize(1);
    }
    assertThat(engine.asked()).isEqualTo(1);
  }

  @Test
  void aProcessInNoContainerIsNotAskedFor() throws Exception {
    try (Child outside = Child.echo("/bin/cat")) {
      assertThat(gap(outside.ref())).contains("runs in no container");
    }
    assertThat(engine.asked()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "attach-test/docker-ID.scope, the container's is another",
    "attach-test/docker/ID, the container's is another",
    "docker/ID/docker/ID, in a container",
    "docker/ID/inner, below",
    "attach-test/libpod-ID, containers.podman.sockets",
    "attach-test/cri-containerd-ID.scope, another engine",
  })
  void aGroupThatIsOnlyNamedLikeTheContainersGetsNothing(String name, String reason)
      throws Exception {
    try (TestGroup forged = TestGroup.make(name.replace("ID", id));
        Child forger = Child.echo("/bin/cat")) {
      forged.take(forger.pid());

      assertThat(gap(forger.ref())).contains(reason);
    }
  }

  @Test
  void aContainerThatTheEngineDoesNotKnow() throws Exception {
    engine.say(_ -> ScriptedEngine.status(404, "{\"message\":\"no such container\"}"));

    assertThat(gap(member.ref())).contains("which the engine does not know");
  }

  @Test
  void anEngineThatTellsOfAnotherContainerIsNotBelieved() throws Exception {
    engine.say(_ -> ScriptedEngine.ok(container(first.pid()).replace(id, random())));

    assertThat(gap(member.ref())).contains("another container's id");
  }

  @Test
  void anEngineThatNamesAnotherFirstProcessIsNotBelieved() throws Exception {
    try (Child elsewhere = Child.echo("/bin/cat")) {
      engine.know(id, container(elsewhere.pid()));

      assertThat(gap(member.ref())).contains("the container's is another");
    }
  }

  @Test
  void aFirstProcessThatIsGone() throws Exception {
    first.close();

    assertThat(gap(member.ref())).contains("cannot be examined");
  }

  @Test
  void aProcessMovedIntoTheGroupFromAnotherPidNamespace() throws Exception {
    try (Child moved = Child.echo("unshare", "--pid", "--fork", "--mount", "/bin/cat")) {
      int inner =
          ProcessHandle.of(moved.pid())
              .orElseThrow()
              .children()
              .mapToInt(child -> Math.toIntExact(child.pid()))
              .findFirst()
              .orElseThrow();
      group.take(inner);

      assertThat(gap(Child.ref(inner))).contains("not in its pid namespace");
    }
  }

  @Test
  void aProcessMovedIntoTheGroupThatSeesOtherFiles() throws Exception {
    try (Child moved = Child.echo("unshare", "--mount", "/bin/cat")) {
      group.take(moved.pid());

      assertThat(gap(moved.ref())).contains("does not see that container's files");
    }
  }

  @Test
  void aProgramFromAVolumeSaysNothingAboutTheImage() throws Exception {
    Path volume = Files.createDirectory(folder.resolve("volume"));
    // A container with an own pid namespace, in which a volume is mounted that holds the program.
    try (Child outer =
        Child.echo(
            "unshare",
            "--pid",
            "--fork",
            "--mount",
            "/bin/sh",
            "-c",
            "mount -t tmpfs none "
                + volume
                + " && cp /bin/cat "
                + volume
                + " && "
                + volume
                + "/cat")) {
      int shell = child(outer.pid());
      int program = child(shell);
      group.take(shell);
      group.take(program);
      engine.know(id, container(shell));

      assertThat(attestor.attest(Child.ref(program), IMAGE).evidence())
          .singleElement()
          .satisfies(evidence -> assertThat(evidence.code()).isEmpty());
      assertThat(attestor.attest(Child.ref(shell), IMAGE).evidence())
          .singleElement()
          .satisfies(evidence -> assertThat(evidence.code()).contains(CodeAssurance.ORCHESTRATOR));
    }
  }

  private static int child(int pid) {
    return ProcessHandle.of(pid)
        .orElseThrow()
        .children()
        .mapToInt(child -> Math.toIntExact(child.pid()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aContainerThatRestartedIsAskedForAgain() throws Exception {
    assertThat(attestor.attest(member.ref(), IMAGE).evidence()).hasSize(1);
    first.close();
    engine.know(id, container(member.pid()));

    assertThat(attestor.attest(member.ref(), IMAGE).evidence()).hasSize(1);
    assertThat(engine.asked()).isEqualTo(2);
  }

  @Test
  void aContainerThatDoesNotRunYetIsNotNow() throws Exception {
    engine.know(
        id,
        container(first.pid())
            .replace("running\",\"Running\":true", "created\",\"Running\":false"));

    assertNotNow("does not run yet");
  }

  @Test
  void anEngineThatHangsIsNotNow() throws Exception {
    engine.say(_ -> "");

    assertNotNow("no answer");
  }

  @Test
  void anEngineThatFellSilentIsNotWaitedForByTheNextOnes() throws Exception {
    engine.say(_ -> "");
    assertNotNow("no answer");
    int asked = engine.asked();
    for (int i = 0; i < 50; i++) {
      assertNotNow("asked again after 5 s");
    }
    assertThat(engine.asked()).isEqualTo(asked);
    engine.know(id, container(first.pid()));
    nanos.addAndGet(Silence.PAUSE.toNanos());
    assertThat(attestor.attest(member.ref(), IMAGE).evidence()).hasSize(1);
  }

  @Test
  void anEngineThatSendsHalfIsNotNow() throws Exception {
    engine.say(_ -> "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");

    assertNotNow("closed before the whole answer");
  }

  @Test
  void anEngineThatFailsIsNotNow() throws Exception {
    engine.say(_ -> ScriptedEngine.status(500, "{}"));

    assertNotNow("status 500");
  }

  @Test
  void anEngineThatIsStoppedIsNotNow() throws Exception {
    engine.close();

    assertNotNow("docker.sock");
  }

  @Test
  void anEngineThatTalksNonsenseIsRefused() throws Exception {
    engine.say(_ -> "SSH-2.0-x\r\n\r\n");

    assertThat(gap(member.ref())).contains("not one of HTTP/1.1");
  }

  @Test
  void anEngineThatTalksForEverIsRefused() throws Exception {
    engine.say(_ -> ScriptedEngine.ok("{\"a\":\"" + "x".repeat(2 << 20) + "\"}"));

    assertThat(gap(member.ref())).contains("bounded length");
  }

  @Test
  void aSocketThatOthersMayUseIsRefusedAtTheStart() throws IOException {
    Path socket = folder.resolve("docker.sock");
    Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));

    assertThatThrownBy(() -> open(socket))
        .isInstanceOf(UnsafeSocketException.class)
        .hasMessageContaining("closed to others");
  }

  @Test
  void aSocketInAFolderOfOthersIsRefusedAtTheStart() throws IOException {
    Path open = Files.createDirectory(folder.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));

    assertThatThrownBy(() -> open(open.resolve("docker.sock")))
        .isInstanceOf(UnsafeSocketException.class)
        .hasMessageContaining("mode 777");
  }

  @Test
  void aSocketThatBecameUnsafeIsNotAsked() throws Exception {
    Files.setPosixFilePermissions(
        folder.resolve("docker.sock"), PosixFilePermissions.fromString("rw-rw-rw-"));

    assertThat(gap(member.ref())).contains("closed to others");
    assertThat(engine.asked()).isZero();
  }

  private static void open(Path socket) throws UnsafeSocketException {
    DockerAttestor.open(new DockerAttestor.Sockets(List.of(socket), List.of()), System::nanoTime)
        .close();
  }
}
