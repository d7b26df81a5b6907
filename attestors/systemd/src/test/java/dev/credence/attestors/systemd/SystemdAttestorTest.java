package dev.credence.attestors.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credence.attestors.AttestationException;
import dev.credence.attestors.Attested;
import dev.credence.attestors.Evidence;
import dev.credence.attestors.ProcessRef;
import dev.credence.attestors.Selector;
import dev.credence.attestors.Silence;
import dev.credence.attestors.Wanted;
import dev.credence.attestors.WorkloadAttestor;
import dev.credence.attestors.WorkloadAttestorContract;
import dev.credence.attestors.container.TestGroup;
import dev.credence.attestors.systemd.ScriptedSystemd.Mood;
import dev.credence.certs.CodeAssurance;
import dev.credence.platform.linux.ProcessFacts;
import dev.credence.platform.linux.UnattestableException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// With real processes in real control groups, and a real bus on which systemd is scripted.
class SystemdAttestorTest extends WorkloadAttestorContract {
  private static final String GROUP = "/credence-test.slice/bot.service";
  private static final Optional<String> FILE = Optional.of("/etc/systemd/system/bot.service");
  private static final Wanted ID = Wanted.by(List.of(Selector.parse("systemd:id:bot.service")));

  @TempDir private Path folder;

  private final AtomicLong nanos = new AtomicLong();
  private TestGroup group;
  private PrivateBus bus;
  private ScriptedSystemd systemd;
  private SystemdAttestor attestor;
  private Process main;
  private Process other;

  @BeforeEach
  void start() throws Exception {
    group = TestGroup.make(GROUP.substring(1));
    bus = PrivateBus.start(folder);
    systemd = ScriptedSystemd.on(bus);
    attestor = SystemdAttestor.open(bus.socket(), nanos::get);
    main = cat();
    other = cat();
    group.take(main.pid());
    group.take(other.pid());
    know("bot.service", FILE, GROUP);
  }

  @AfterEach
  void stop() {
    Stream.of(main, other).filter(process -> process != null).forEach(SystemdAttestorTest::end);
    if (attestor != null) {
      attestor.close();
      systemd.close();
      bus.close();
    }
    if (group != null) {
      group.close();
    }
  }

  private static Process cat() throws IOException {
    Process cat = new ProcessBuilder("/bin/cat").start();
    cat.outputWriter(StandardCharsets.US_ASCII).append('\n').flush();
    assertThat(cat.getInputStream().read()).isEqualTo('\n');
    return cat;
  }

  private static void end(Process process) {
    process.destroyForcibly();
    process.onExit().join();
  }

  private void know(String id, Optional<String> file, String path) {
    var unit = new Unit(id, file, path, main.pid());
    systemd.know(Math.toIntExact(main.pid()), unit);
    systemd.know(Math.toIntExact(other.pid()), unit);
  }

  private static ProcessRef ref(Process process) {
    try {
      ProcessFacts facts = ProcessFacts.read(Math.toIntExact(process.pid()));
      return new ProcessRef(facts.pid(), facts.uid(), facts.gid());
    } catch (UnattestableException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  protected WorkloadAttestor attestor() {
    return attestor;
  }

  @Override
  protected ProcessRef running() {
    return ref(main);
  }

  @Override
  protected ProcessRef ended() {
    ProcessRef ref = ref(main);
    end(main);
    return ref;
  }

  private List<Evidence> evidence(Process process) throws AttestationException {
    return attestor.attest(ref(process), Wanted.everything()).evidence();
  }

  private String gap(Process process) throws AttestationException {
    Attested attested = attestor.attest(ref(process), ID);
    assertThat(attested.evidence()).isEmpty();
    assertThat(attested.gaps()).hasSize(1).noneMatch(Attested.Gap::passing);
    return attested.gaps().getFirst().reason();
  }

  private void assertNotNow(String expected) throws AttestationException {
    Attested attested = attestor.attest(ref(main), ID);
    assertThat(attested.evidence()).isEmpty();
    assertThat(attested.gaps())
        .singleElement()
        .satisfies(gap -> {
          assertThat(gap.passing()).isTrue();
          assertThat(gap.kind()).isEqualTo("systemd:id");
          assertThat(gap.reason()).contains(expected);
        });
  }

  @Test
  void theMainProcessOfAServiceIsWhatSystemdStarted() throws Exception {
    assertThat(evidence(main))
        .extracting(one -> one.selector().toString())
        .containsExactly("systemd:id:bot.service", "systemd:fragment_path:" + FILE.orElseThrow());
    assertThat(evidence(main))
        .allSatisfy(one -> assertThat(one.code()).contains(CodeAssurance.ORCHESTRATOR));
  }

  @Test
  void anotherProcessOfTheServiceIsTheServicesOwnDoing() throws Exception {
    assertThat(evidence(other)).hasSize(2).allSatisfy(one -> assertThat(one.code()).isEmpty());
  }

  @ParameterizedTest
  @CsvSource({
    "session-3.scope, /credence-test.slice/bot.service",
    "bot.slice, /credence-test.slice/bot.service",
    "user@1000.service, /credence-test.slice/bot.service",
    "user@1000.service, /credence-test.slice",
    "bot.service, /credence-test.slice",
  })
  void whatSystemdDidNotStartSaysNothingAboutCode(String id, String path) throws Exception {
    know(id, FILE, path);

    assertThat(evidence(main))
        .hasSize(2)
        .allSatisfy(one -> assertThat(one.code()).isEmpty())
        .first()
        .satisfies(one -> assertThat(one.selector()).hasToString("systemd:id:" + id));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/credence-test.slice/other.service", "/", "", "/credence-test.slice/bot"})
  void aProcessInAnotherGroupThanTheUnits(String path) throws Exception {
    know("bot.service", FILE, path);

    assertThat(gap(main)).contains("not the one of bot.service");
  }

  @Test
  void aUnitWithoutAFile() throws Exception {
    know("bot.service", Optional.empty(), GROUP);

    Attested attested = attestor.attest(ref(main), Wanted.everything());
    assertThat(attested.evidence()).hasSize(1);
    assertThat(attested.gaps())
        .containsExactly(
            new Attested.Gap("systemd:fragment_path", "bot.service was not read from a file"));
  }

  @Test
  void aProcessOfNoUnit() throws Exception {
    Process stranger = cat();
    try {
      assertThat(gap(stranger)).contains("no unit");
    } finally {
      end(stranger);
    }
  }

  @Test
  void nothingIsAskedIfNoRegistrationNamesIt() throws Exception {
    assertThat(attestor.attest(ref(main), Wanted.by(List.of(Selector.parse("unix:uid:0")))))
        .isEqualTo(new Attested(List.of(), List.of()));
    assertThat(systemd.asked()).isZero();
  }

  @Test
  void systemdThatHangsIsNotNow() throws Exception {
    systemd.become(Mood.SILENT);

    assertNotNow("within 800 ms");
  }

  @Test
  void whoFellSilentIsNotWaitedForByTheNextOnes() throws Exception {
    systemd.become(Mood.SILENT);
    assertNotNow("within 800 ms");
    int asked = systemd.asked();
    for (int i = 0; i < 50; i++) {
      assertNotNow("asked again after 5 s");
    }
    assertThat(systemd.asked()).isEqualTo(asked);
  }

  @Test
  void systemdThatAnswersAgainIsBelievedAgain() throws Exception {
    systemd.become(Mood.SILENT);
    assertNotNow("within 800 ms");
    systemd.become(Mood.HONEST);

    nanos.addAndGet(Silence.PAUSE.toNanos());
    assertThat(evidence(main)).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"FAILING", "FORGETFUL"})
  void systemdThatFailsIsNotNow(Mood mood) throws Exception {
    systemd.become(mood);

    assertNotNow("NoSuchUnit");
  }

  @Test
  void anAnswerOfAnotherTypeIsRefused() throws Exception {
    systemd.become(Mood.CONFUSED);

    assertThat(gap(main)).contains("another type");
  }

  @Test
  void nobodyWhoHasSystemdsNameIsNotNow() throws Exception {
    systemd.close();

    assertNotNow("no answer");
  }

  @Test
  void aBusThatWasStartedAgain() throws Exception {
    assertThat(evidence(main)).hasSize(2);
    systemd.close();
    bus.close();
    Files.deleteIfExists(bus.socket());
    bus = PrivateBus.start(folder);
    systemd = ScriptedSystemd.on(bus);
    know("bot.service", FILE, GROUP);

    assertThat(evidence(main)).hasSize(2);
  }

  @Test
  void systemdsNameInOtherHandsThanRoots() throws Exception {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/python3"))
            && Files.exists(Path.of("/usr/lib/python3/dist-packages/dbus")),
        "needs python3-dbus, and root");
    systemd.close();
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Process thief =
        new ProcessBuilder(
                "setpriv",
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                "/usr/bin/python3",
                "-c",
                "import dbus, sys\n"
                    + "bus = dbus.bus.BusConnection('unix:path="
                    + bus.socket()
                    + "')\n"
                    + "print(bus.request_name('org.freedesktop.systemd1', 4), flush=True)\n"
                    + "sys.stdin.read()")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertThat(thief.inputReader(StandardCharsets.US_ASCII).readLine()).isEqualTo("1");
      assertThat(gap(main)).contains("belongs to uid 65534");
    } finally {
      end(thief);
    }
  }

  @Test
  void aBusThatIsNoneIsRefused() throws Exception {
    Path socket = folder.resolve("none.sock");
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        SystemdAttestor asking = SystemdAttestor.open(socket, nanos::get)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      Thread.ofVirtual().start(() -> talk(server));

      Attested attested = asking.attest(ref(main), ID);
      assertThat(attested.gaps())
          .first()
          .satisfies(gap -> assertThat(gap.reason()).contains("does not accept uid 0"));
    }
  }

  private static void talk(ServerSocketChannel server) {
    try (SocketChannel caller = server.accept()) {
      caller.write(ByteBuffer.wrap("REJECTED KERBEROS\r\n".getBytes(StandardCharsets.US_ASCII)));
      var _ = caller.read(ByteBuffer.allocate(4096));
    } catch (IOException e) {
      // The caller is gone.
    }
  }

  @Test
  void aBusInAFolderOfOthersIsRefusedAtTheStart() throws IOException {
    Path open = Files.createDirectory(folder.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));

    assertThatThrownBy(() -> SystemdAttestor.open(open.resolve("bus.sock"), nanos::get))
        .hasMessageContaining("mode 777");
  }
}
