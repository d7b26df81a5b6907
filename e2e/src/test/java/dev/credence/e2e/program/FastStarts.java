package dev.credence.e2e.program;

import dev.credence.e2e.story.Console;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// What the launcher prepares once for each build: caches with which the programs start in a
/// fraction of the time. Several test runs at once wait for the one that does it. Without them
/// stories are slower, and nothing else.
enum FastStarts {
  /// Those of this build, which exist once this constant does.
  PREPARED;

  FastStarts() {
    try {
      Console.line("fast starts: " + prepare(Distribution.launcherOfThisBuild()));
    } catch (IOException e) {
      Console.line("fast starts: none: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String prepare(Path launcher) throws IOException, InterruptedException {
    var builder = new ProcessBuilder(launcher.toString(), "--train").redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", JavaCopy.jdk().toString());
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    var process = builder.start();
    process.getOutputStream().close();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return "exit %d %s".formatted(process.waitFor(), said.strip());
  }
}
