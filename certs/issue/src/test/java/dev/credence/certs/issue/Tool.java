package dev.credence.certs.issue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Runs programs of other languages. A program that is not on the machine skips the test.
final class Tool {
  private static final long SECONDS = 120;

  private Tool() {}

  static void assumeInstalled(String program) {
    boolean found =
        List.of(System.getenv().getOrDefault("PATH", "").split(":", -1)).stream()
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    assumeTrue(found, program + " is not on this machine: its reading of certificates not tested");
  }

  /// The program's output; it must succeed.
  static String run(Path folder, String... command) throws IOException, InterruptedException {
    Path output = Files.createTempFile(folder, "output", ".txt");
    var builder = new ProcessBuilder(command).directory(folder.toFile());
    // No network and nothing from the user's own set-up.
    builder
        .environment()
        .putAll(
            Map.of(
                "GO111MODULE", "off",
                "GOFLAGS", "",
                "GOPROXY", "off",
                "GOTOOLCHAIN", "local",
                "PYTHONDONTWRITEBYTECODE", "1"));
    Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    String text = Files.readString(output, StandardCharsets.UTF_8);
    assertThat(process.exitValue()).as(String.join(" ", command) + "\n" + text).isZero();
    return text;
  }
}
