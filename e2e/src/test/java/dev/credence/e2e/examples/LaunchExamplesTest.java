package dev.credence.e2e.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credence.attestors.code.CodeLimits;
import dev.credence.attestors.code.CodeMeter;
import dev.credence.attestors.code.CodeRequest;
import dev.credence.attestors.code.MeasuredCode;
import dev.credence.e2e.program.Running;
import dev.credence.e2e.rig.Rig;
import dev.credence.platform.crypto.CryptoProviders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The programs of examples/launch, started here by hand: that they build, run and learn their
/// identity from a node, and that a changed byte in the module is another digest.
@DisplayName("examples/launch: agents in five languages")
class LaunchExamplesTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String IDENTITY =
      "identity spiffe://rig.example/agent/finance/invoice-bot books the invoices";

  private static Rig rig;

  @TempDir private Path folder;

  @BeforeAll
  static void start() throws Exception {
    rig = Rig.start();
    int uid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    rig.agent("finance", "invoice-bot").forProcesses("unix:uid:" + uid);
  }

  @AfterAll
  static void stop() throws Exception {
    rig.close();
  }

  private Path copyOf(String example) throws IOException {
    Path from = Path.of(System.getProperty("credence.root")).resolve("examples/launch/" + example);
    try (var files = Files.newDirectoryStream(from)) {
      for (Path file : files) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    return folder;
  }

  private static String tool(String... places) {
    for (String place : places) {
      if (Files.isExecutable(Path.of(place))) {
        return place;
      }
    }
    assumeTrue(false, "none of " + List.of(places) + " is on this machine: its example is not run");
    throw new AssertionError();
  }

  private Running run(String... command) throws IOException {
    var socket = Map.of("SPIFFE_ENDPOINT_SOCKET", "unix://" + rig.node().socket());
    return Running.start("example", List.of(command), socket, folder);
  }

  private void isAgent(String... command) throws Exception {
    try (var agent = run(command)) {
      assertThat(agent.line("(no )?identity.*", SOON).group()).isEqualTo(IDENTITY);
      assertThat(agent.exit(SOON)).isZero();
    }
  }

  private void builds(String... command) throws Exception {
    try (var build = run(command)) {
      assertThat(build.exit(SOON)).as(build.log()).isZero();
    }
  }

  private static MeasuredCode measured(Path code, Optional<String> entry) throws Exception {
    return new CodeMeter(CryptoProviders.jdk(), CodeLimits.usual())
        .measure(new CodeRequest(code.toString(), entry, Optional.empty()));
  }

  private void oneByteCounts(Path code, String entry, String module) throws Exception {
    var before = measured(code, Optional.of(entry));
    Files.writeString(code.resolve(module), " ", StandardOpenOption.APPEND);
    var after = measured(code, Optional.of(entry));
    assertThat(after.tree()).isNotEqualTo(before.tree());
    assertThat(after.entry()).as("the entry itself is as it was").isEqualTo(before.entry());
  }

  @Test
  @DisplayName("python; what it compiles while it runs does not count, its module does")
  void python() throws Exception {
    var code = copyOf("python");
    var before = measured(code, Optional.of("agent.py"));
    isAgent(tool("/usr/bin/python3", "/usr/local/bin/python3"), "agent.py");
    assertThat(measured(code, Optional.of("agent.py")).tree()).isEqualTo(before.tree());
    oneByteCounts(code, "agent.py", "workload.py");
  }

  @Test
  @DisplayName("node")
  void node() throws Exception {
    var code = copyOf("node");
    isAgent(tool("/usr/bin/node", "/usr/bin/nodejs", "/usr/local/bin/node"), "agent.js");
    oneByteCounts(code, "agent.js", "workload.js");
  }

  @Test
  @DisplayName("java")
  void java() throws Exception {
    copyOf("java");
    var bin = Path.of(System.getProperty("java.home"), "bin");
    builds(
        bin.resolve("javac").toString(),
        "--release",
        "17",
        "-d",
        "build/classes",
        "Agent.java",
        "Workload.java");
    isAgent(bin.resolve("java").toString(), "-cp", "build/classes", "Agent");
    oneByteCounts(folder.resolve("build"), "classes/Agent.class", "classes/Workload.class");
  }

  @Test
  @DisplayName("native: a program in C")
  void c() throws Exception {
    copyOf("native");
    Files.createDirectory(folder.resolve("build"));
    builds(
        tool("/usr/bin/cc", "/usr/bin/gcc"), "-O2", "-o", "build/agent", "agent.c", "workload.c");
    isAgent("build/agent");
    var before = measured(folder.resolve("build/agent"), Optional.empty());
    Files.writeString(folder.resolve("build/agent"), " ", StandardOpenOption.APPEND);
    assertThat(measured(folder.resolve("build/agent"), Optional.empty()).tree())
        .isNotEqualTo(before.tree());
  }

  @Test
  @DisplayName("shell: says what it is for, and works; it cannot speak to a node")
  void shell() throws Exception {
    var code = copyOf("shell");
    try (var agent = run("/bin/sh", code.resolve("agent.sh").toString())) {
      assertThat(agent.line("started .*", SOON).group()).endsWith("books the invoices");
      int from = agent.out().mark();
      agent.say("this");
      assertThat(agent.line(from, "did (.*)", SOON).group(1)).isEqualTo("this");
      agent.endInput();
      assertThat(agent.exit(SOON)).isZero();
    }
    oneByteCounts(code, "agent.sh", "lib.sh");
  }
}
