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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.Security;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessAttestorTest extends WorkloadAttestorContract {
  private static final int NOBODY = 65_534;

  @TempDir private Path folder;

  private UnixAttestor unix;
  private ProcessAttestor attestor;
  private Child child;

  @BeforeEach
  void start() throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    unix = UnixAttestor.open(Security.getProvider("SUN"), Clock.systemUTC(), HashLimits.usual());
    attestor = unix.process();
    child = Child.echo(program("agent").toString());
  }

  @AfterEach
  void stop() {
    child.close();
    unix.close();
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

  private Path program(String name) throws IOException {
    Path copy = folder.resolve(name);
    Files.copy(Path.of("/bin/cat"), copy);
    assertThat(copy.toFile().setExecutable(true, false)).isTrue();
    return copy.toRealPath();
  }

  private static boolean isRoot() {
    return new com.sun.security.auth.module.UnixSystem().getUid() == 0;
  }

  private List<String> values(Child process, String name) throws AttestationException {
    return attestor.attest(process.ref(), Wanted.everything()).evidence().stream()
        .map(Evidence::selector)
        .filter(selector -> selector.name().equals(name))
        .map(Selector::value)
        .toList();
  }

  private Optional<String> gap(Child process, String name) throws AttestationException {
    return attestor.attest(process.ref(), Wanted.everything()).gaps().stream()
        .filter(gap -> gap.kind().equals("process:" + name))
        .map(Attested.Gap::reason)
        .findFirst();
  }

  private Child asNobody(String... command) {
    assumeTrue(isRoot(), "skipped: not root, so no program of another user can be started");
    var words =
        new ArrayList<>(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
    words.addAll(List.of(command));
    return Child.echo(words.toArray(String[]::new));
  }

  @Test
  void readsNothingThatNobodyNamed() throws Exception {
    var other = Wanted.by(List.of(Selector.parse("unix:uid:0")));

    assertThat(attestor.attest(child.ref(), other).evidence()).isEmpty();
  }

  @Test
  void aProcessLikeTheNodeIsInItsNamespaces() throws Exception {
    for (String kind : List.of("mount", "pid", "user", "network")) {
      assertThat(values(child, kind + "_namespace")).as(kind).containsExactly("node");
    }
    assertThat(values(child, "cgroup")).hasSize(1).allMatch(path -> path.startsWith("/"));
  }

  @Test
  void anotherNamespaceIsToldByItsInode() throws Exception {
    assumeTrue(isRoot(), "skipped: not root, so there may be no other network namespace");
    try (Child apart = Child.echo("unshare", "--net", "--ipc", program("apart").toString())) {
      String link = Files.readSymbolicLink(Path.of("/proc/" + apart.pid() + "/ns/net")).toString();

      assertThat(values(apart, "network_namespace"))
          .containsExactly(link.substring("net:[".length(), link.length() - 1));
      assertThat(values(apart, "mount_namespace")).containsExactly("node");
    }
  }

  @Test
  void whatAProcessMayDo() throws Exception {
    try (Child held = asNobody("setpriv", "--no-new-privs", program("held").toString())) {
      assertThat(values(held, "no_new_privs")).containsExactly("true");
      assertThat(values(held, "capabilities")).containsExactly("none");
      assertThat(values(held, "seccomp")).containsExactly("none");
      assertThat(values(child, "no_new_privs")).containsExactly("false");
      assertThat(values(child, "capabilities")).hasSize(1).doesNotContain("none");
    }
  }

  @Test
  void capabilitiesThatAreOnlyPermittedCount() throws Exception {
    assumeTrue(isRoot(), "skipped: not root, so a process has no capabilities to lay aside");
    Optional<String> python = Child.first("/usr/bin/python3");
    assumeTrue(python.isPresent(), "skipped: there is no python3");
    // capset(2): effective empty, permitted as it was.
    String script =
        """
        import ctypes,sys
        libc=ctypes.CDLL(None,use_errno=True)
        head=(ctypes.c_uint32*2)(0x20080522,0); data=(ctypes.c_uint32*6)()
        libc.capget(head,data); data[0]=0; data[3]=0
        assert libc.capset(head,data)==0
        while True: print(sys.stdin.readline(),flush=True)
        """;
    try (Child quiet = Child.echo(python.get(), "-c", script)) {
      assertThat(Files.readString(Path.of("/proc/" + quiet.pid() + "/status")))
          .contains("CapEff:\t0000000000000000");
      assertThat(values(quiet, "capabilities")).hasSize(1).doesNotContain("none");
    }
  }

  @Test
  void aFilterOfSystemCalls() throws Exception {
    Optional<String> python = Child.first("/usr/bin/python3");
    assumeTrue(python.isPresent(), "skipped: there is no python3");
    // prctl(2): no new privileges, then a filter of one instruction that lets everything through.
    String script =
        """
        import ctypes,struct,sys
        libc=ctypes.CDLL(None,use_errno=True)
        code=ctypes.create_string_buffer(struct.pack('HBBI',6,0,0,0x7fff0000))
        prog=ctypes.create_string_buffer(struct.pack('HxxxxxxP',1,ctypes.addressof(code)))
        assert libc.prctl(38,1,0,0,0)==0
        assert libc.prctl(22,2,prog,0,0)==0
        while True: print(sys.stdin.readline(),flush=True)
        """;
    try (Child filtered = Child.echo(python.get(), "-c", script)) {
      assertThat(values(filtered, "seccomp")).containsExactly("filter");
    }
  }

  @Test
  void whoMayChangeTheProgram() throws Exception {
    Path own = program("own");
    try (Child running = asNobody(own.toString())) {
      assertThat(values(running, "executable_owner")).containsExactly("0");
      assertThat(values(running, "executable_writable")).containsExactly("false");

      Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwxrwxr-x"));
      assertThat(values(running, "executable_writable")).containsExactly("true");

      Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwxr-xr-x"));
      Files.setAttribute(own, "unix:uid", NOBODY);
      assertThat(values(running, "executable_owner")).containsExactly(String.valueOf(NOBODY));
      assertThat(values(running, "executable_writable")).containsExactly("true");
    }
  }

  @Test
  void rootMayChangeAnything() throws Exception {
    assumeTrue(isRoot(), "skipped: not root");
    assertThat(values(child, "executable_writable")).containsExactly("true");
  }

  @Test
  void whatThoseAboveItRun() throws Exception {
    String test = ProcessHandle.current().info().command().orElseThrow();

    assertThat(values(child, "parent_path")).containsExactly(Path.of(test).toRealPath().toString());
    assertThat(values(child, "ancestor_path")).contains(Path.of(test).toRealPath().toString());
  }

  @Test
  void whoLostItsParentHasNone() throws Exception {
    Path pid = folder.resolve("pid");
    String script =
        "(\"$1\" </dev/zero >/dev/null & echo $! >\"$2.new\"; mv \"$2.new\" \"$2\") & wait; echo ready; read x";
    try (Child shell =
        Child.start(
            List.of("/bin/sh", "-c", script, "sh", program("orphan").toString(), pid.toString()))) {
      assertThat(shell.line()).contains("ready");
      int orphan = Integer.parseInt(Files.readString(pid).strip());
      ProcessHandle handle = ProcessHandle.of(orphan).orElseThrow();
      try {
        long parent = handle.parent().map(ProcessHandle::pid).orElse(0L);
        assumeTrue(parent == 1, "skipped: process " + parent + " takes in orphans here, not 1");
        var ref = new ProcessRef(orphan, child.ref().uid(), child.ref().gid());

        Attested attested = attestor.attest(ref, Wanted.everything());
        assertThat(attested.evidence())
            .extracting(evidence -> evidence.selector().name())
            .doesNotContain("parent_path", "ancestor_path");
        assertThat(attested.gaps())
            .filteredOn(gap -> gap.kind().equals("process:parent_path"))
            .singleElement()
            .satisfies(gap -> assertThat(gap.reason()).contains("process 1"));
      } finally {
        handle.destroyForcibly();
        handle.onExit().join();
      }
    }
  }

  @Test
  void whatIsMappedToBeRun() throws Exception {
    Path program = folder.resolve("agent").toRealPath();

    assertThat(values(child, "mapped_path"))
        .contains(program.toString())
        .anyMatch(path -> path.contains("libc"));
    assertThat(values(child, "mapped_sha256"))
        .contains(Sha256.of(Files.readAllBytes(program)).toString());
  }

  /// A process that runs `program` at the path of base64(1), in user and mount namespaces of its
  /// own.
  private static Child foreign(Path program) {
    assumeTrue(
        Child.first("/usr/bin/unshare").isPresent() && Files.exists(Path.of("/usr/bin/base64")),
        "skipped: there is no unshare(1) or no base64(1)");
    String script = "mount --bind \"$1\" /usr/bin/base64 && exec /usr/bin/base64";
    Child foreign =
        Child.start(List.of("unshare", "-Urm", "/bin/sh", "-c", script, "sh", program.toString()));
    foreign.go();
    boolean permitted = foreign.line().isPresent();
    if (!permitted) {
      foreign.close();
    }
    assumeTrue(permitted, "skipped: user namespaces are not permitted here");
    return foreign;
  }

  @Test
  void whatIsMappedInAnotherUserNamespaceIsNotRead() throws Exception {
    try (Child foreign = foreign(program("mapper"))) {
      assertThat(values(foreign, "mapped_path")).isEmpty();
      assertThat(values(foreign, "mapped_sha256")).isEmpty();
      assertThat(gap(foreign, "mapped_path"))
          .hasValueSatisfying(why -> assertThat(why).contains("user namespace"));
      assertThat(gap(foreign, "mapped_sha256")).isPresent();
    }
  }

  @Test
  void aFileOnSomebodysOwnMountIsNotBelieved() throws Exception {
    Path beneath = Files.writeString(program("beneath"), "x", StandardOpenOption.APPEND);
    String digest = Sha256.of(Files.readAllBytes(beneath)).toString();
    try (Child honest = Child.echo(beneath.toString());
        Child holder = foreign(beneath);
        Child lured = Child.echo("/proc/" + holder.pid() + "/root/usr/bin/base64")) {
      assertThat(values(honest, "mapped_sha256")).contains(digest);
      assertThat(values(lured, "mapped_sha256")).isNotEmpty().doesNotContain(digest);
      assertThat(values(honest, "executable_owner")).hasSize(1);
      assertThat(values(lured, "executable_owner")).isEmpty();
      assertThat(values(lured, "executable_writable")).isEmpty();
      assertThat(gap(lured, "executable_owner")).contains(SeenMounts.NOBODYS);
    }
  }

  @Test
  void aLibraryThatIsPreloadedIsSeen() throws Exception {
    Optional<String> library =
        Child.first("/lib/x86_64-linux-gnu/libm.so.6", "/lib/aarch64-linux-gnu/libm.so.6");
    assumeTrue(library.isPresent(), "skipped: there is no libm to preload");
    String real = Path.of(library.get()).toRealPath().toString();
    try (Child preloaded =
        Child.echo("env", "LD_PRELOAD=" + library.get(), program("preloaded").toString())) {
      assertThat(values(preloaded, "mapped_path")).contains(real);
      assertThat(values(child, "mapped_path")).doesNotContain(real);
    }
  }

  @Test
  void whatAnInterpreterSaysThatItRuns() throws Exception {
    Optional<String> python = Child.first("/usr/bin/python3");
    assumeTrue(python.isPresent(), "skipped: there is no python3");
    Path script =
        Files.writeString(
            folder.resolve("agent.py"),
            "import sys\nwhile True: print(sys.stdin.readline(), flush=True)\n");
    try (Child running = Child.echo(python.get(), "-u", "-W", "ignore", script.toString(), "-x")) {
      Evidence said =
          attestor.attest(running.ref(), Wanted.everything()).evidence().stream()
              .filter(evidence -> evidence.selector().name().equals("script"))
              .findFirst()
              .orElseThrow();
      assertThat(said.selector().value()).isEqualTo(script.toString());
      assertThat(said.code()).contains(CodeAssurance.CLAIMED);
    }
    assertThat(gap(child, "script")).isPresent();
  }

  @Test
  void nothingButTheScriptSpeaksAboutCode() throws Exception {
    assertThat(attestor.attest(child.ref(), Wanted.everything()).evidence())
        .allSatisfy(evidence -> assertThat(evidence.code()).isEmpty());
  }

  @Test
  void commandLines() {
    assertThat(ScriptEvidence.script(List.of("java", "-cp", "a:b", "Main", "x"))).contains("Main");
    assertThat(ScriptEvidence.script(List.of("java", "-jar", "a.jar"))).contains("a.jar");
    assertThat(ScriptEvidence.script(List.of("python3", "-m", "agent"))).contains("agent");
    assertThat(ScriptEvidence.script(List.of("python3", "-c", "print()"))).isEmpty();
    assertThat(ScriptEvidence.script(List.of("python3"))).isEmpty();
    assertThat(ScriptEvidence.script(List.of())).isEmpty();
  }

  @Test
  void whatTakesTooLongIsNoFinding() {
    var reading =
        new PatientReading(new HashLimits(1, 1, 1, java.time.Duration.ofMillis(50), 64, 1));
    var release = new java.util.concurrent.CountDownLatch(1);
    var disposed = new java.util.concurrent.CompletableFuture<String>();

    assertThatThrownBy(() ->
            reading.of(
                7,
                () -> {
                  try {
                    release.await();
                  } catch (InterruptedException e) {
                    throw new IOException(e);
                  }
                  return "late";
                },
                disposed::complete))
        .isInstanceOfSatisfying(
            dev.credence.platform.linux.UnattestableException.class,
            e -> assertThat(e.isTransient()).isTrue());
    // Its thread still reads, so nobody else may.
    assertThatThrownBy(() -> reading.of(7, () -> "no", _ -> {})).hasMessageContaining("at once");

    release.countDown();
    assertThat(disposed.join()).isEqualTo("late");
  }
}
