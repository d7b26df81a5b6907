package dev.credence.e2e.program;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What this build made, in a folder of its own without caches, so that caches can be made and
/// spoiled there. The jars are linked to the real ones. Immutable.
///
/// @param root holds the launcher and `target/dist`
public record ProgramCopy(Path root) {

  private static final Duration LONGEST = Duration.ofMinutes(3);

  /// Makes it in `folder`.
  public static ProgramCopy in(Path folder) throws IOException {
    Path built = Distribution.ofThisBuild().launcher().toAbsolutePath();
    Path dist = built.resolveSibling("target/dist");
    var copy = new ProgramCopy(folder);
    Files.createDirectories(copy.dist());
    Files.copy(built, copy.launcher());
    try (var files = Files.newDirectoryStream(dist)) {
      for (Path file : files) {
        Path there = copy.dist().resolve(dist.relativize(file));
        if (Files.isDirectory(file)) {
          Files.createSymbolicLink(there, file);
        } else if (file.toString().endsWith(".classpath")) {
          Files.copy(file, there);
        }
      }
    }
    return copy;
  }

  private Path launcher() {
    return root.resolve("credence");
  }

  /// Where its caches are.
  public Path dist() {
    return root.resolve("target/dist");
  }

  /// Runs a command to its end.
  ///
  /// @param options of the JVM
  public Finished run(List<String> options, String... arguments)
      throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of(launcher().toString()));
    command.addAll(List.of(arguments));
    var environment = new TreeMap<>(Map.of("CREDENCE_NO_BUILD", "1"));
    environment.put("JAVA_HOME", JavaCopy.jdk().toString());
    environment.put("CREDENCE_JAVA_OPTS", String.join(" ", options));
    long began = System.nanoTime();
    try (var running =
        Running.start("credence " + String.join(" ", arguments), command, environment, root)) {
      running.endInput();
      int exit = running.exit(LONGEST);
      var took = Duration.ofNanos(System.nanoTime() - began);
      return new Finished(
          List.of(arguments),
          exit,
          String.join("\n", running.out().all()),
          String.join("\n", running.err().all()),
          took);
    }
  }
}
