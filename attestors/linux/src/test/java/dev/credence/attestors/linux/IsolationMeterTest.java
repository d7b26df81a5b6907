package dev.credence.attestors.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credence.certs.Isolation;
import dev.credence.platform.linux.ProcessFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IsolationMeterTest {
  /// Nobody else's, most likely; taken anew for each run, so that runs beside each other do not
  /// meet.
  private static final int UID = 700_000 + (int) (ProcessHandle.current().pid() % 1_000_000);

  @TempDir private Path folder;
  private final AtomicLong nanos = new AtomicLong();
  private final IsolationMeter meter = new IsolationMeter(() -> nanos.addAndGet(2_000_000_000L));

  @BeforeEach
  void requireRoot() throws Exception {
    int own = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    assumeTrue(own == 0, "skipped: not root, so no process of another user can be made");
    assumeTrue(Child.first("/usr/bin/setpriv").isPresent(), "skipped: there is no setpriv(1)");
    assertThat(folder.toFile().setExecutable(true, false)).isTrue();
    assertThat(folder.toFile().setReadable(true, false)).isTrue();
  }

  private Path program(String name) throws Exception {
    Path copy = folder.resolve(name);
    Files.copy(Path.of("/bin/cat"), copy);
    assertThat(copy.toFile().setExecutable(true, false)).isTrue();
    assertThat(copy.toFile().setReadable(true, false)).isTrue();
    return copy;
  }

  private static Child as(int uid, String... command) {
    String id = String.valueOf(uid);
    var all =
        new ArrayList<>(
            List.of("/usr/bin/setpriv", "--reuid", id, "--regid", id, "--clear-groups"));
    all.addAll(List.of(command));
    return Child.echo(all.toArray(String[]::new));
  }

  private Isolation measure(Child child) throws Exception {
    return meter.measure(child.facts()).isolation();
  }

  @Test
  void rootIsNeverAlone() throws Exception {
    try (Child child = Child.echo(program("agent").toString())) {
      assertThat(measure(child)).isEqualTo(Isolation.SHARED_UID);
    }
  }

  @Test
  void aUserOfItsOwnIsOwn() throws Exception {
    String agent = program("agent").toString();
    try (Child child = as(UID, agent);
        Child second = as(UID, agent)) {
      assertThat(measure(child)).isEqualTo(Isolation.OWN_UID);
      assertThat(measure(second)).isEqualTo(Isolation.OWN_UID);
    }
  }

  @Test
  void anotherProgramSharesTheUser() throws Exception {
    try (Child child = as(UID + 1, program("agent").toString())) {
      assertThat(measure(child)).isEqualTo(Isolation.OWN_UID);
      try (Child other = as(UID + 1, program("other").toString())) {
        assertThat(measure(child)).isEqualTo(Isolation.SHARED_UID);
        assertThat(measure(other)).isEqualTo(Isolation.SHARED_UID);
      }
      assertThat(measure(child)).isEqualTo(Isolation.OWN_UID);
    }
  }

  @Test
  void itsOwnToolsDoNotCountButThoseOfAnInterpretersTwinDo() throws Exception {
    String script = "read x; echo; cat; true";
    try (Child child = as(UID + 2, "/bin/sh", "-c", script)) {
      child.go();
      assertThat(child.line()).isPresent();
      assertThat(measure(child)).isEqualTo(Isolation.OWN_UID);

      try (Child twin = as(UID + 2, "/bin/sh", "-c", script)) {
        assertThat(measure(child)).isEqualTo(Isolation.SHARED_UID);
        assertThat(measure(twin)).isEqualTo(Isolation.SHARED_UID);
      }
    }
  }

  /// There a process can have the kernel show any program as the one that it runs.
  @Test
  void theSameProgramInAnotherUserNamespaceIsNotTheSame() throws Exception {
    String agent = program("agent").toString();
    try (Child child = as(UID + 6, agent)) {
      assertThat(measure(child)).isEqualTo(Isolation.OWN_UID);
      try (Child hidden = inItsOwnUsers(UID + 6, agent)) {
        assertThat(hidden.facts().executable()).isEqualTo(child.facts().executable());
        assertThat(hidden.facts().uid()).isEqualTo(UID + 6);
        assertThat(measure(child)).isEqualTo(Isolation.SHARED_UID);
        assertThat(measure(hidden)).isEqualTo(Isolation.SHARED_UID);
      }
    }
    try (Child alone = inItsOwnUsers(UID + 6, agent)) {
      assertThat(measure(alone)).isEqualTo(Isolation.OWN_UID);
    }
  }

  private static Child inItsOwnUsers(int uid, String program) {
    String id = String.valueOf(uid);
    Child child =
        Child.start(
            List.of(
                "/usr/bin/setpriv",
                "--reuid",
                id,
                "--regid",
                id,
                "--clear-groups",
                "/usr/bin/unshare",
                "--user",
                program));
    child.go();
    boolean permitted = child.line().isPresent();
    if (!permitted) {
      child.close();
    }
    assumeTrue(permitted, "skipped: user namespaces are not permitted here");
    return child;
  }

  @Test
  void aReadingIsKeptForASecond() throws Exception {
    var still = new AtomicLong();
    var patient = new IsolationMeter(still::get);
    try (Child child = as(UID + 3, program("agent").toString())) {
      assertThat(patient.measure(child.facts()).isolation()).isEqualTo(Isolation.OWN_UID);
      try (Child other = as(UID + 3, program("other").toString())) {
        assertThat(patient.measure(other.facts()).isolation()).isEqualTo(Isolation.SHARED_UID);
        still.set(1_500_000_000L);
        assertThat(patient.measure(child.facts()).isolation()).isEqualTo(Isolation.SHARED_UID);
      }
    }
  }

  /// Any user can have very many processes.
  @Test
  void whatCouldNotBeMeasuredIsSaid() throws Exception {
    var most = new IsolationMeter(() -> nanos.addAndGet(2_000_000_000L), (_, _) -> true, 1);
    try (Child child = as(UID + 7, program("agent").toString())) {
      IsolationMeter.Measured measured = most.measure(child.facts());
      assertThat(measured.isolation()).isEqualTo(Isolation.SHARED_UID);
      assertThat(measured.unmeasured().orElseThrow()).contains("at most 1 processes");
      assertThat(meter.measure(child.facts()).unmeasured()).isEmpty();
    }
  }

  /// An agent that is started again right after it has ended is not beside its own predecessor.
  @Test
  void aReadingFromBeforeItBeganSaysNothingOfIt() throws Exception {
    var still = new AtomicLong();
    var patient = new IsolationMeter(still::get);
    String agent = program("agent").toString();
    String script = "read x; echo; cat; true";
    try (Child first = as(UID + 9, "/bin/sh", "-c", script)) {
      assertThat(patient.measure(first.facts()).isolation()).isEqualTo(Isolation.OWN_UID);
    }
    try (Child second = as(UID + 9, "/bin/sh", "-c", script)) {
      assertThat(patient.measure(second.facts()))
          .isEqualTo(IsolationMeter.Measured.of(Isolation.OWN_UID));
    }
    try (Child third = as(UID + 9, agent)) {
      var measured = patient.measure(third.facts());
      assertThat(measured.isolation()).as("no more than twice").isEqualTo(Isolation.SHARED_UID);
      assertThat(measured.unmeasured().orElseThrow()).contains("before it began");
    }
  }

  /// A look may come much later than what it was planned for: until then the flag stands.
  @Test
  void aReadingFromBeforeANewcomerIsNotUsed() throws Exception {
    var still = new AtomicLong();
    var patient = new IsolationMeter(still::get);
    try (Child child = as(UID + 8, program("agent").toString())) {
      assertThat(patient.measure(child.facts()).isolation()).isEqualTo(Isolation.OWN_UID);
      still.set(100);
      patient.newcomer(UID + 8);
      still.set(900_000_000L);
      assertThat(patient.measure(child.facts()).isolation()).isEqualTo(Isolation.OWN_UID);
      try (Child _ = as(UID + 8, program("other").toString())) {
        assertThat(patient.measure(child.facts()).isolation())
            .as("nobody told")
            .isEqualTo(Isolation.OWN_UID);
        still.set(1_100_000_000L);
        patient.newcomer(UID + 8);
        still.set(1_200_000_000L);
        assertThat(patient.measure(child.facts()).isolation())
            .as("the reading of 0.9 s was an early one and is fresh")
            .isEqualTo(Isolation.SHARED_UID);
      }
      still.set(1_300_000_000L);
      assertThat(patient.measure(child.facts()).isolation()).isEqualTo(Isolation.SHARED_UID);
      still.set(2_500_000_000L);
      assertThat(patient.measure(child.facts()).isolation()).isEqualTo(Isolation.OWN_UID);
    }
  }

  @Test
  void noNewPrivilegesAloneIsNoSandbox() throws Exception {
    try (Child child =
        as(UID + 4, "/usr/bin/setpriv", "--no-new-privs", program("agent").toString())) {
      assertThat(child.facts().confinement().noNewPrivileges()).isTrue();
      assertThat(measure(child)).isEqualTo(Isolation.OWN_UID);
    }
  }

  @Test
  void namespacesGroupAndNoPrivilegesAreASandbox() throws Exception {
    Optional<Path> group = ownGroup();
    assumeTrue(group.isPresent(), "skipped: no control group can be made here");
    String id = String.valueOf(UID + 5);
    try (Child child =
        Child.echo(
            "/bin/sh",
            "-c",
            "echo $$ > \"$0\"/cgroup.procs && exec \"$@\"",
            group.get().toString(),
            "/usr/bin/unshare",
            "--pid",
            "--mount",
            "--fork",
            "--kill-child",
            "/usr/bin/setpriv",
            "--reuid",
            id,
            "--regid",
            id,
            "--clear-groups",
            "--no-new-privs",
            program("agent").toString())) {
      int agent =
          (int)
              ProcessHandle.of(child.pid())
                  .orElseThrow()
                  .children()
                  .findFirst()
                  .orElseThrow()
                  .pid();
      var facts = ProcessFacts.read(agent);

      // unshare(1) itself is still in the group, but outside the pid namespace.
      assertThat(meter.measure(facts).isolation()).isEqualTo(Isolation.OWN_UID);
      Files.writeString(root(group.get()).resolve("cgroup.procs"), String.valueOf(child.pid()));
      assertThat(meter.measure(facts).isolation()).isEqualTo(Isolation.SANDBOXED);
    } finally {
      remove(group.get());
    }
  }

  /// A group can be removed once the last process in it has been collected.
  private static void remove(Path group) throws IOException {
    Files.writeString(group.resolve("cgroup.kill"), "1");
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (Files.readString(group.resolve("cgroup.events")).contains("populated 1")
        && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    Files.delete(group);
  }

  private static Path root(Path group) {
    return Optional.ofNullable(group.getParent()).orElseThrow();
  }

  private static Optional<Path> ownGroup() throws Exception {
    for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
      if (line.contains(" - cgroup2 ")) {
        Path group =
            Path.of(line.split(" ", -1)[4])
                .resolve("credence-test-" + ProcessHandle.current().pid());
        try {
          return Optional.of(Files.createDirectory(group));
        } catch (IOException e) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }
}
