package dev.credence.e2e.program;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/// What the launcher starts: the jars of this build, which the build put there before the tests.
///
/// @param launcher the script
/// @param environment what keeps it from building anything by itself
record Distribution(Path launcher, Map<String, String> environment) {

  /// The jar that tells, by the folder of its program.
  private static final Map<String, String> PROGRAMS =
      Map.of("cli", "cli", "server", "server-app", "node", "agent-node");

  static Distribution ofThisBuild() throws IOException {
    for (var program : PROGRAMS.entrySet()) {
      requireSame(program.getValue(), root().resolve("target/dist/lib").resolve(program.getKey()));
    }
    Objects.requireNonNull(FastStarts.PREPARED, "prepared");
    return new Distribution(
        launcherOfThisBuild(),
        Map.of("CREDENCE_NO_BUILD", "1", "JAVA_HOME", JavaCopy.jdk().toString()));
  }

  static Path launcherOfThisBuild() {
    return root().resolve("credence");
  }

  private static Path root() {
    return Path.of(
        Objects.requireNonNull(
            System.getProperty("credence.root"), "system property credence.root"));
  }

  /// Stories about yesterday's program would say nothing.
  private static void requireSame(String program, Path libraries) throws IOException {
    for (var entry : ClassPath.ofTests().split(File.pathSeparator, -1)) {
      var jar = Path.of(entry);
      var name = jar.getFileName().toString();
      if (!name.startsWith(program + "-") || !name.endsWith(".jar")) {
        continue;
      }
      var installed = libraries.resolve(name);
      if (!Files.exists(installed) || Files.mismatch(jar, installed) != -1) {
        throw new AssertionError(
            "%s is not the one of this build, %s (build and test together: mvn verify, or ./credence first)"
                .formatted(installed, jar));
      }
    }
  }
}
