package dev.credence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// ./credence itself, in a checkout of its own, with programs that say how they were started
/// instead of a JDK and a Maven.
final class LauncherTest {

  private static final String PROGRAMS = "cli server node demo";

  @TempDir Path folder;
  private Path root;
  private Path jdk;

  private record Outcome(int code, String out, String err) {}

  @BeforeEach
  void makeCheckout() throws IOException {
    root = Files.createDirectories(folder.resolve("check out"));
    Files.copy(Path.of("../credence"), root.resolve("credence"));
    Files.createDirectories(root.resolve("cli/src/main/java"));
    Files.writeString(root.resolve("pom.xml"), "");
    for (var path = root.resolve("cli/src/main/java");
        !path.equals(folder);
        path = path.resolve("..").normalize()) {
      age(path, Duration.ofHours(2));
    }
    age(root.resolve("pom.xml"), Duration.ofHours(2));
    jdk = jdk("jdk-25", "25.0.3");
    built();
  }

  @Test
  void commandLine_isStartedWithItsClassPathAndItsCache() throws Exception {
    Files.writeString(root.resolve("target/dist/cli.aot"), "");

    var outcome = run(Map.of("JAVA_HOME", jdk.toString()), "owner", "list", "a b");

    var dist = root.toRealPath().resolve("target/dist");
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out().lines())
        .contains(
            "-XX:AOTCache=" + dist + "/cli.aot",
            dist + "/lib/cli.jar:" + dist + "/lib/x.jar",
            "--enable-native-access=ALL-UNNAMED")
        .endsWith("dev.credence.cli.Main", "owner", "list", "a b");
  }

  @Test
  void serverAndNodeWithAConfiguration_areProgramsOfTheirOwn() throws Exception {
    assertThat(started("server", "--config", "f"))
        .endsWith("dev.credence.server.app.ServerMain", "--config", "f");
    assertThat(started("server", "--config=f"))
        .endsWith("dev.credence.server.app.ServerMain", "--config=f");
    assertThat(started("node", "--config", "f", "--stop-with-stdin"))
        .endsWith("dev.credence.node.NodeMain", "--config", "f", "--stop-with-stdin");
    assertThat(started("node", "list")).endsWith("dev.credence.cli.Main", "node", "list");
    assertThat(started("server", "--help")).endsWith("dev.credence.cli.Main", "server", "--help");
    assertThat(started("node")).endsWith("dev.credence.cli.Main", "node");
  }

  @Test
  void sessionsAreNotResumed_byServerAndNode() throws Exception {
    for (var daemon : List.of("server", "node")) {
      assertThat(started(daemon, "--config", "f"))
          .contains("-Djdk.tls.server.newSessionTicketCount=0", "-Djdk.tls.namedGroups=secp256r1");
    }
  }

  @Test
  void worksThroughSymbolicLinks_fromAnywhere() throws Exception {
    var bin = Files.createDirectories(folder.resolve("bin"));
    Files.createSymbolicLink(bin.resolve("first"), Path.of("../check out/credence"));
    Files.createSymbolicLink(bin.resolve("second"), Path.of("first"));

    var outcome = run(bin.resolve("second"), Map.of("JAVA_HOME", jdk.toString()), "version");

    assertThat(outcome.out()).contains("-Dcredence.launcher=" + root.toRealPath() + "/credence");
  }

  @Test
  void jdk_isTheOneOfThePath_whereJavaHomeIsAnother() throws Exception {
    var other = jdk("jdk-21", "21.0.1");
    Files.delete(root.resolve("target/dist/java-home"));

    var outcome =
        run(Map.of("JAVA_HOME", other.toString(), "PATH", jdk + "/bin:/usr/bin:/bin"), "version");

    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out().lines()).endsWith("dev.credence.cli.Main", "version");
  }

  @Test
  void sourcesThatChanged_areBuilt_onceAndAgainAfterTheNextChange() throws Exception {
    var maven = maven("BUILD SUCCESS");
    change("cli/src/main/java/A.java");

    assertThat(run(maven, "version").err())
        .contains("building")
        .contains("[1/2] proto")
        .contains("built in");
    assertThat(run(maven, "version").err()).doesNotContain("building");

    change("cli/src/test/java/ATest.java");
    assertThat(run(maven, "version").err()).doesNotContain("building");

    Files.delete(root.resolve("cli/src/main/java/A.java"));
    assertThat(run(maven, "version").err()).contains("building");
  }

  @Test
  void aBuildThatFails_saysWhereItsLogIs() throws Exception {
    change("cli/src/main/java/A.java");

    var outcome = run(maven("BUILD FAILURE"), "version");

    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err())
        .contains("the build failed")
        .contains("target/dist.log")
        .contains("[ERROR] A.java: no");
    assertThat(outcome.out()).isEmpty();
    // What was built before is still there.
    assertThat(run(Map.of("JAVA_HOME", jdk.toString(), "CREDENCE_NO_BUILD", "1"), "version").out())
        .contains("dev.credence.cli.Main");
  }

  @Test
  void withoutMaven_saysThatItNeedsIt() throws Exception {
    change("cli/src/main/java/A.java");
    var tools = Files.createDirectories(folder.resolve("tools"));
    for (var tool : List.of("bash", "env", "find", "flock", "mkdir", "readlink", "dirname", "rm")) {
      Files.createSymbolicLink(tools.resolve(tool), Path.of("/usr/bin").resolve(tool));
    }

    var outcome = run(Map.of("JAVA_HOME", jdk.toString(), "PATH", tools.toString()), "version");

    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err()).contains("needs Maven");
  }

  @Test
  void noBuild_runsWhatIsThere() throws Exception {
    change("cli/src/main/java/A.java");

    var outcome = run(Map.of("JAVA_HOME", jdk.toString(), "CREDENCE_NO_BUILD", "1"), "version");

    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out()).contains("dev.credence.cli.Main");
  }

  private List<String> started(String... args) throws Exception {
    return run(Map.of("JAVA_HOME", jdk.toString()), args).out().lines().toList();
  }

  private Outcome run(Map<String, String> environment, String... args) throws Exception {
    return run(root.resolve("credence"), environment, args);
  }

  private Outcome run(Path launcher, Map<String, String> environment, String... args)
      throws Exception {
    var words = new ArrayList<>(List.of(launcher.toString()));
    words.addAll(List.of(args));
    var builder = new ProcessBuilder(words).directory(folder.toFile());
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.startsWith("CREDENCE_") || name.equals("JAVA_HOME"));
    builder.environment().putAll(environment);
    builder.redirectError(folder.resolve("err").toFile());
    var process = builder.start();
    process.getOutputStream().close();
    var out =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Outcome(process.exitValue(), out, Files.readString(folder.resolve("err")));
  }

  /// A JDK whose `java` prints its arguments, one on each line.
  private Path jdk(String name, String version) throws IOException {
    var home = folder.resolve(name);
    script(home.resolve("bin/java"), "printf '%s\\n' \"$@\"");
    script(home.resolve("bin/javac"), "exit 0");
    Files.writeString(
        home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"%s\"\n".formatted(version));
    return home;
  }

  private Map<String, String> maven(String verdict) throws IOException {
    var bin = folder.resolve("maven");
    script(
        bin.resolve("mvn"),
        """
        echo '[INFO] Building proto 0.1.0-SNAPSHOT                       [1/2]'
        echo '[ERROR] A.java: no'
        for word in "$@"; do case $word in -Ddist.folder=*) dist=${word#*=} ;; esac; done
        for p in %s; do echo "@DIST@/lib/$p.jar" >"$dist/$p.classpath"; done
        : >"$dist/trained"
        touch -d '1 hour' "$dist/trained"
        echo '[INFO] %s'
        """
            .formatted(PROGRAMS, verdict));
    var environment = new HashMap<>(Map.of("JAVA_HOME", jdk.toString()));
    environment.put("PATH", bin + ":/usr/bin:/bin");
    return environment;
  }

  private void built() throws IOException {
    var dist = Files.createDirectories(root.resolve("target/dist"));
    for (var program : PROGRAMS.split(" ", -1)) {
      Files.writeString(
          dist.resolve(program + ".classpath"), "@DIST@/lib/" + program + ".jar:@DIST@/lib/x.jar");
      age(dist.resolve(program + ".classpath"), Duration.ofHours(1));
    }
    Files.writeString(dist.resolve("java-home"), jdk + "\n");
    Files.writeString(dist.resolve("trained"), "");
    age(dist.resolve("trained"), Duration.ofMinutes(59));
  }

  private void change(String file) throws IOException {
    var path = root.resolve(file);
    var parent = java.util.Objects.requireNonNull(path.getParent());
    Files.createDirectories(parent);
    Files.writeString(path, "changed");
    age(path, Duration.ofSeconds(10));
    age(parent, Duration.ofSeconds(10));
  }

  private static void age(Path file, Duration age) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(java.time.Instant.now().minus(age)));
  }

  private static void script(Path file, String body) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/bash\n" + body + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
