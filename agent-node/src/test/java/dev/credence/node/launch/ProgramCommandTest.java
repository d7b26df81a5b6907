package dev.credence.node.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credence.platform.linux.OpenFile;
import dev.credence.proto.launch.v1.LaunchRequest;
import dev.credence.proto.launch.v1.Variable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("the programs that start a program")
class ProgramCommandTest {
  private static final Account ACCOUNT =
      new Account(7, 8, List.of(9), "agent", "/home/agent", "/bin/sh");
  private static final Map<String, String> VALUES =
      Map.of(
          "A", "",
          "B", "two\nlines\n",
          "C", "\"q\" 'q' \\ \\n \\c ${CREDENCE_ENV_0} $HOME #x",
          "D", "-u HOME -- X=Y",
          "E", "\u00e4\u20ac\ud83d\ude00\t\u0001",
          "CREDENCE_ENV_1", "its own");

  @TempDir private Path folder;

  private LaunchPlan plan(String... command) throws Exception {
    var request = LaunchRequest.newBuilder().addAllArguments(List.of(command));
    VALUES.forEach((name, value) ->
        request.addEnvironment(Variable.newBuilder().setName(name).setValue(value)));
    Path code = Files.createDirectory(folder.toRealPath().resolve("code"));
    try (OpenFile opened = OpenFile.folder(code.toString())) {
      return LaunchPlan.of(
          request.build(),
          new LaunchPlan.Files(List.of(), opened, opened),
          ACCOUNT,
          new LaunchPlan.Surroundings(List.of(), "unix:///run/api.sock", Set.of()));
    }
  }

  @Test
  @DisplayName("no value of a variable is among their arguments, which everybody may read")
  void arguments() throws Exception {
    LaunchPlan plan = plan("python3", "agent.py");
    List<String> words = ProgramCommand.of(plan, ACCOUNT, Path.of("/sys/fs/cgroup/x"));
    VALUES.values().stream()
        .filter(value -> !value.isEmpty())
        .forEach(value -> assertThat(words).noneMatch(word -> word.contains(value)));
    assertThat(ProgramCommand.environment(plan))
        .hasSameSizeAs(plan.environment().list())
        .allMatch(one -> one.startsWith("CREDENCE_ENV_"));
  }

  /// The part of the chain that needs no rights, really run.
  @Test
  @DisplayName("every value reaches the program as it was given, and nothing else does")
  void values() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "this test needs /usr/bin/python3");
    LaunchPlan plan = plan("python3", "agent.py", "a b", "-i");
    List<String> words = ProgramCommand.of(plan, ACCOUNT, Path.of("/sys/fs/cgroup/x"));
    List<String> last = words.subList(words.indexOf("/usr/bin/env"), words.size());
    Path script = folder.toRealPath().resolve("code/agent.py");
    Files.writeString(
        script,
        "import sys\nsys.stdout.buffer.write(open('/proc/self/environ','rb').read()"
            + " + b'|' + open('/proc/self/cmdline','rb').read())\n");
    var builder = new ProcessBuilder(last).directory(folder.toRealPath().resolve("code").toFile());
    builder.environment().clear();
    for (String one : ProgramCommand.environment(plan)) {
      int equals = one.indexOf('=');
      builder.environment().put(one.substring(0, equals), one.substring(equals + 1));
    }
    Process process = builder.redirectErrorStream(true).start();
    var told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(told).isZero();
    var expected = new TreeMap<String, String>(VALUES);
    String[] parts = told.split("\\|", 2);
    for (String one : parts[0].split("\0", 0)) {
      int equals = one.indexOf('=');
      assertThat(one).contains("=");
      String mine = expected.remove(one.substring(0, equals));
      if (mine != null) {
        assertThat(one.substring(equals + 1)).isEqualTo(mine);
      }
    }
    assertThat(expected).as("all of them came").isEmpty();
    assertThat(List.of(parts[0].split("\0", 0)))
        .containsExactlyInAnyOrderElementsOf(plan.environment().list());
    assertThat(parts[1].split("\0", 0)).endsWith("agent.py", "a b", "-i");
  }
}
