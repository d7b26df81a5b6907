package dev.credence.node.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credence.attestors.Evidence;
import dev.credence.attestors.Selector;
import dev.credence.certs.CodeAssurance;
import dev.credence.platform.linux.OpenFile;
import dev.credence.proto.launch.v1.LaunchRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("what a request for a launch comes to")
class LaunchPlanTest {
  private static final Account ACCOUNT =
      new Account(7, 8, List.of(), "agent", "/home/agent", "/bin/sh");
  private static final List<Evidence> CODE =
      List.of(
          Evidence.of(
              new Selector("code", "tree", "0".repeat(64)), CodeAssurance.LAUNCHER, "test"));

  @TempDir private Path folder;
  private final List<OpenFile> open = new ArrayList<>();

  @AfterEach
  void close() {
    open.forEach(OpenFile::close);
  }

  private OpenFile opened(Path path) throws IOException {
    OpenFile file = OpenFile.folder(path.toString());
    open.add(file);
    return file;
  }

  private LaunchPlan plan(Path code, Path workingFolder, String... command) throws Exception {
    return plan(ACCOUNT, code, workingFolder, command);
  }

  private LaunchPlan plan(Account account, Path code, Path workingFolder, String... command)
      throws Exception {
    return LaunchPlan.of(
        LaunchRequest.newBuilder().addAllArguments(List.of(command)).build(),
        new LaunchPlan.Files(List.of(), opened(workingFolder), opened(code)),
        account,
        new LaunchPlan.Surroundings(List.of(), "unix:///run/api.sock", Set.of()));
  }

  private Path code(String name) throws IOException {
    return Files.createDirectory(folder.toRealPath().resolve(name));
  }

  @Test
  @DisplayName(
      "a program with a = in its path would be a variable to env, which runs the next word")
  void assignment() throws Exception {
    Path code = code("a=b");
    assertThatThrownBy(() -> plan(code, code, "./agent", "/bin/sh"))
        .isInstanceOf(LaunchRefusedException.class)
        .hasMessageContaining("has a = in it");
    Path plain = code("plain");
    assertThatThrownBy(() -> plan(plain, plain, "./a=b", "/bin/sh"))
        .isInstanceOf(LaunchRefusedException.class)
        .hasMessageContaining("has a = in it");
    assertThat(plan(plain, plain, "./agent", "a=b").files()).containsExactly("agent");
  }

  private static List<CodeAssurance> levels(LaunchPlan plan) {
    return LaunchEvidence.of(new LaunchEvidence.For("team/bot", ACCOUNT, true), plan, CODE).stream()
        .flatMap(one -> one.code().stream())
        .toList();
  }

  @Test
  @DisplayName("a shell in a working folder outside of the code counts as file, inside as launcher")
  void workingFolder() throws Exception {
    assumeTrue(
        Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid")),
        "only folders of root's cannot be renamed by others; this test needs root");
    Path code = code("code");
    Path elsewhere = code("elsewhere");
    String script = code.resolve("agent.sh").toString();
    LaunchPlan outside = plan(code, elsewhere, "sh", script);
    assertThat(levels(outside)).containsExactly(CodeAssurance.FILE);
    assertThat(outside.looseBecause().orElseThrow()).contains("working folder");
    LaunchPlan inside = plan(code, code, "sh", "agent.sh");
    assertThat(levels(inside)).containsExactly(CodeAssurance.LAUNCHER);
    assertThat(inside.looseBecause()).isEmpty();
  }

  private static void needsRoot() throws IOException {
    assumeTrue(
        Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid")),
        "only folders of root's cannot be changed by others; this test needs root");
  }

  private static Account at(Path home) {
    return new Account(7, 8, List.of(), "agent", home.toString(), "/bin/sh");
  }

  private static CodeAssurance level(LaunchPlan plan) {
    return levels(plan).getFirst();
  }

  @Test
  @DisplayName("an interpreter that looks for modules in its user's home counts as file there")
  void home() throws Exception {
    needsRoot();
    Path code = code("code");
    Path home = Files.createDirectory(folder.toRealPath().resolve("home"));
    Files.setAttribute(home, "unix:uid", 7);
    LaunchPlan perl = plan(at(home), code, code, "perl", "agent.pl");
    assertThat(level(perl)).isEqualTo(CodeAssurance.FILE);
    assertThat(perl.looseBecause().orElseThrow())
        .contains("home of its user: " + home, "/nonexistent")
        .as("one line")
        .doesNotContain("\n");
    assertThat(level(plan(at(home), code, code, "python3", "agent.py")))
        .as("Python is told not to look there")
        .isEqualTo(CodeAssurance.LAUNCHER);
    assertThat(level(plan(at(home), code, code, "sh", "agent.sh")))
        .isEqualTo(CodeAssurance.LAUNCHER);
  }

  @Test
  @DisplayName("a home that only root can change, or make, has no code of anybody else's")
  void homeOfRoot() throws Exception {
    needsRoot();
    Path code = code("code");
    Path home = Files.createDirectory(folder.toRealPath().resolve("home"));
    assertThat(level(plan(at(home), code, code, "perl", "agent.pl")))
        .isEqualTo(CodeAssurance.LAUNCHER);
    assertThat(level(plan(at(Path.of("/nonexistent")), code, code, "perl", "agent.pl")))
        .isEqualTo(CodeAssurance.LAUNCHER);
    Files.writeString(home.resolve(".profile"), "");
    assertThat(OutsideCode.inHome(home.toString())).isEmpty();
    Files.createDirectory(home.resolve(".node_modules"));
    assertThat(level(plan(at(home), code, code, "perl", "agent.pl"))).isEqualTo(CodeAssurance.FILE);
  }

  @Test
  @DisplayName("who may make the home, or replace it, may put code there")
  void homeToCome() throws Exception {
    needsRoot();
    Path root = folder.toRealPath();
    assertThat(OutsideCode.inHome("/tmp/not-there-" + System.nanoTime()).orElseThrow())
        .startsWith("/tmp can be changed");
    Path link = Files.createSymbolicLink(root.resolve("link"), code("target"));
    assertThat(OutsideCode.inHome(link.toString())).isPresent();
    assertThat(OutsideCode.inHome("/usr/../nonexistent")).isPresent();
    Path owned = Files.createDirectory(root.resolve("owned"));
    Files.createDirectory(owned.resolve("home"));
    Files.setAttribute(owned, "unix:uid", 7);
    assertThat(OutsideCode.inHome(owned.resolve("home").toString()).orElseThrow())
        .startsWith(owned + " can be changed");
    assertThat(OutsideCode.inHome("/proc")).as("not one of files").isPresent();
  }

  @Test
  @DisplayName("Node.js looks for node_modules above the code: in /tmp anybody may make some")
  void nodeModulesAbove() throws Exception {
    needsRoot();
    assertThat(OutsideCode.above(code("code")).orElseThrow()).startsWith("/tmp can be changed");
    assertThat(OutsideCode.above(Path.of("/srv/code-" + System.nanoTime()))).isEmpty();
  }
}
