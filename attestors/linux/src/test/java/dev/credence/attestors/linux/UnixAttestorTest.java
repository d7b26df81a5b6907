package dev.credence.attestors.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credence.attestors.AttestationException;
import dev.credence.attestors.Attested;
import dev.credence.attestors.Evidence;
import dev.credence.attestors.ProcessRef;
import dev.credence.attestors.Selector;
import dev.credence.attestors.Wanted;
import dev.credence.attestors.WorkloadAttestor;
import dev.credence.attestors.WorkloadAttestorContract;
import dev.credence.certs.CodeAssurance;
import dev.credence.certs.Sha256;
import dev.credence.platform.linux.UnattestableException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.Security;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnixAttestorTest extends WorkloadAttestorContract {
  @TempDir private Path folder;

  private UnixAttestor attestor;
  private Child child;

  @BeforeEach
  void start() throws IOException {
    attestor =
        UnixAttestor.open(Security.getProvider("SUN"), Clock.systemUTC(), HashLimits.usual());
    child = Child.echo(program("agent", "/bin/cat").toString());
  }

  @AfterEach
  void stop() {
    child.close();
    attestor.close();
  }

  @Override
  protected WorkloadAttestor attestor() {
    return attestor;
  }

  @Override
  protected ProcessRef running() {
    return child.ref();
  }

  @Override
  protected ProcessRef ended() {
    ProcessRef ref = child.ref();
    child.close();
    return ref;
  }

  private Path program(String name, String original) throws IOException {
    Path copy = folder.resolve(name);
    Files.copy(Path.of(original), copy);
    assertThat(copy.toFile().setExecutable(true, false)).isTrue();
    return copy.toRealPath();
  }

  private Optional<Evidence> evidence(Child process, String name) throws AttestationException {
    Attested attested = attestor.attest(process.ref(), Wanted.everything());
    return attested.evidence().stream()
        .filter(evidence -> evidence.selector().name().equals(name))
        .findFirst();
  }

  private Evidence require(Child process, String name) throws AttestationException {
    return evidence(process, name).orElseThrow();
  }

  @Test
  void tellsUserPathAndDigest() throws Exception {
    Path program = folder.resolve("agent").toRealPath();
    ProcessRef ref = child.ref();

    assertThat(require(child, "uid").selector().value()).isEqualTo(String.valueOf(ref.uid()));
    assertThat(require(child, "uid").code()).isEmpty();
    assertThat(require(child, "gid").selector().value()).isEqualTo(String.valueOf(ref.gid()));
    assertThat(require(child, "path").selector().value()).isEqualTo(program.toString());
    assertThat(require(child, "path").code()).contains(CodeAssurance.FILE);
    assertThat(require(child, "sha256").selector().value())
        .isEqualTo(Sha256.of(Files.readAllBytes(program)).toString());
    assertThat(require(child, "sha256").code()).contains(CodeAssurance.FILE);
  }

  @Test
  void tellsNamesOfUsersAndGroupsAsTheFilesSay() throws Exception {
    ProcessRef ref = child.ref();
    assumeTrue(
        ref.uid() == 0 && ref.gid() == 0, "skipped: not root, so the name is not known here");

    assertThat(require(child, "user").selector().value()).isEqualTo("root");
    assertThat(require(child, "group").selector().value()).isEqualTo("root");
  }

  @Test
  void readsNothingThatNobodyNamed() throws Exception {
    Attested attested =
        attestor.attest(child.ref(), Wanted.by(List.of(Selector.parse("unix:uid:0"))));

    assertThat(attested.evidence())
        .extracting(evidence -> evidence.selector().name())
        .containsExactlyInAnyOrder("uid", "gid", "path");
  }

  @Test
  void aFileThatCouldNotBeReadInTimeIsNoFinding() throws Exception {
    Path large = program("large", "/bin/cat");
    try (var file = FileChannel.open(large, StandardOpenOption.WRITE)) {
      // Sparse, and still a program: nobody reads this much in a nanosecond.
      file.write(ByteBuffer.allocate(1), 256L << 20);
    }
    var limits = new HashLimits(512L << 20, 4, 2, Duration.ofNanos(1), 64, 16);
    try (var hasty = UnixAttestor.open(Security.getProvider("SUN"), Clock.systemUTC(), limits);
        Child process = Child.echo(large.toString())) {
      assertThatThrownBy(() -> hasty.attest(process.ref(), Wanted.everything()))
          .isInstanceOf(AttestationException.class)
          .satisfies(e ->
              assertThat(e.getCause())
                  .isInstanceOfSatisfying(
                      UnattestableException.class,
                      cause -> assertThat(cause.isTransient()).isTrue()));
    }
  }

  @Test
  void anInterpreterIsOnlyClaimedWhateverItsName() throws Exception {
    Optional<String> python = Child.first("/usr/bin/python3", "/usr/local/bin/python3");
    assumeTrue(python.isPresent(), "skipped: there is no python3");
    String script = "import sys\nwhile True: print(sys.stdin.readline(), flush=True)";
    try (Child plain = Child.echo(python.get(), "-c", script);
        Child renamed = Child.echo(program("trusted", python.get()).toString(), "-c", script)) {
      assertThat(require(plain, "path").code()).contains(CodeAssurance.CLAIMED);
      assertThat(require(plain, "sha256").code()).contains(CodeAssurance.CLAIMED);
      assertThat(require(renamed, "sha256").code()).contains(CodeAssurance.CLAIMED);
    }
  }

  @Test
  void aShellIsAnInterpreter() throws Exception {
    try (Child shell = Child.shell("echo ready; read x")) {
      assertThat(require(shell, "path").code()).contains(CodeAssurance.CLAIMED);
      assertThat(require(shell, "sha256").code()).contains(CodeAssurance.CLAIMED);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "python",
        "python3",
        "python3.12",
        "python3.13t",
        "pypy3",
        "node",
        "nodejs",
        "node18",
        "ruby3.1",
        "perl5.36.0",
        "bash",
        "bash-static",
        "sh",
        "dash",
        "java",
        "php8.2",
        "php-fpm8.2",
        "lua5.4",
        "deno",
        "bun",
        "env",
        "busybox",
        "ld-linux-x86-64.so.2",
        "ld-musl-aarch64.so.1",
        "qemu-aarch64-static",
        "R",
        "tclsh8.6",
        "awk",
        "gawk-5.2.1"
      })
  void theListKnows(String name) {
    assertThat(Interpreters.hasName("/usr/bin/" + name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cat",
        "sleep",
        "agent",
        "shadow",
        "bashful",
        "nodeagent",
        "javac-agent",
        "my-python",
        "environ"
      })
  void theListDoesNotKnow(String name) {
    assertThat(Interpreters.hasName("/opt/python/" + name)).isFalse();
  }

  @Test
  void aTracedProcessIsRefused() throws Exception {
    Optional<String> python = Child.first("/usr/bin/python3", "/usr/local/bin/python3");
    assumeTrue(python.isPresent(), "skipped: there is no python3 to trace with");
    int ptraceSeize = 0x4206;
    String script =
        "import ctypes,sys; libc=ctypes.CDLL(None,use_errno=True); print(libc.ptrace(%d,%d,0,0),flush=True); input()"
            .formatted(ptraceSeize, child.pid());
    try (Child tracer = Child.start(List.of(python.get(), "-c", script))) {
      boolean attached = tracer.line().equals(Optional.of("0"));
      assumeTrue(attached, "skipped: tracing is not permitted here");

      assertThatThrownBy(() -> attestor.attest(child.ref(), Wanted.everything()))
          .isInstanceOf(AttestationException.class)
          .hasMessageContaining("is traced by process " + tracer.pid());
    }
  }

  @Test
  void aPathOfAnotherMountNamespaceIsNotTold() throws Exception {
    String own = folder.resolve("agent").toRealPath().toString();
    try (Child foreign = foreign(own)) {
      Attested attested = attestor.attest(foreign.ref(), Wanted.everything());

      assertThat(evidence(foreign, "path")).isEmpty();
      // Its user namespace is its own: there the kernel shows any program that it is told to.
      assertThat(evidence(foreign, "sha256")).isEmpty();
      assertThat(attested.gaps())
          .extracting(Attested.Gap::kind)
          .contains("unix:path", "unix:sha256");
      try (Child lured = Child.echo("/proc/" + foreign.pid() + "/root/usr/bin/base64")) {
        assertThat(lured.facts().executable()).isEqualTo("/usr/bin/base64");
        assertThat(lured.facts().sameMountNamespace()).isTrue();
        assertThat(evidence(lured, "path")).isEmpty();
        // Nor the digest: the mount is the holder's own, who may change what lies beneath.
        assertThat(evidence(lured, "sha256")).isEmpty();
        assertThat(attestor.attest(lured.ref(), Wanted.everything()).gaps())
            .anySatisfy(gap -> {
              assertThat(gap.kind()).isEqualTo("unix:sha256");
              assertThat(gap.reason()).contains("neither one of the node's nor one of the process");
            });
      }
    }
  }

  /// A container's files lie on mounts that the container has in its table.
  @Test
  void aMountOfTheProcessesOwnNamespaceIsKnown() throws Exception {
    assumeTrue(child.ref().uid() == 0, "skipped: not root, so nothing can be mounted");
    String script = "mount -t tmpfs none \"$1\" && cp /bin/cat \"$1/inner\" && exec \"$1/inner\"";
    Path mount = Files.createDirectory(folder.resolve("mount"));
    try (Child contained =
        Child.echo("unshare", "-m", "/bin/sh", "-c", script, "sh", mount.toString())) {
      assertThat(evidence(contained, "path")).isEmpty();
      assertThat(require(contained, "sha256").selector().value())
          .isEqualTo(Sha256.of(Files.readAllBytes(Path.of("/bin/cat"))).toString());
      assertThat(require(contained, "sha256").code()).contains(CodeAssurance.FILE);
    }
  }

  private static Child foreign(String program) {
    assumeTrue(
        Child.first("/usr/bin/unshare").isPresent() && Files.exists(Path.of("/usr/bin/base64")),
        "skipped: there is no unshare(1) or no base64(1)");
    String script = "mount --bind \"$1\" /usr/bin/base64 && exec /usr/bin/base64";
    Child foreign = Child.start(List.of("unshare", "-Urm", "/bin/sh", "-c", script, "sh", program));
    foreign.go();
    boolean permitted = foreign.line().isPresent();
    if (!permitted) {
      foreign.close();
    }
    assumeTrue(permitted, "skipped: user namespaces are not permitted here");
    return foreign;
  }

  @Test
  void aLinkInTheProgramsPathDoesNotMatter() throws Exception {
    Path link = folder.resolve("alias");
    Files.createSymbolicLink(link, folder.resolve("agent"));
    try (Child aliased = Child.echo(link.toString())) {
      assertThat(require(aliased, "path").selector().value())
          .isEqualTo(folder.resolve("agent").toRealPath().toString());
    }
  }

  /// A program that was never a file: nobody's table of mounts has its mount.
  @Test
  void aProgramInAnonymousMemoryHasNeitherPathNorDigest() throws Exception {
    Optional<String> python = Child.first("/usr/bin/python3", "/usr/local/bin/python3");
    assumeTrue(python.isPresent(), "skipped: there is no python3 to make one with");
    String script =
        """
        import os
        fd = os.memfd_create('agent')
        os.write(fd, open('/bin/cat', 'rb').read())
        os.execve(fd, ['/bin/cat'], {})
        """;
    try (Child anonymous = Child.echo(python.get(), "-c", script)) {
      assertThat(evidence(anonymous, "path")).isEmpty();
      assertThat(evidence(anonymous, "sha256")).isEmpty();
    }
  }

  @Test
  void aPathThatNoSelectorCanHoldIsAGap() throws Exception {
    try (Child strange = Child.echo(program("a\nb", "/bin/cat").toString())) {
      Attested attested = attestor.attest(strange.ref(), Wanted.everything());

      assertThat(evidence(strange, "path")).isEmpty();
      assertThat(attested.gaps())
          .anySatisfy(gap -> {
            assertThat(gap.kind()).isEqualTo("unix:path");
            assertThat(gap.reason()).contains("no control characters").doesNotContain("\n");
          });
    }
  }
}
