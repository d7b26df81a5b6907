package dev.credence.cli.local;

import dev.credence.cli.client.CommandFailure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/// Where this program was started from: the launcher `./credence` says so by system properties.
/// Immutable.
///
/// @param launcher the script, for starting the daemons the way this program was started
/// @param libraries the folder that the launcher built, with the jars of the programs
/// @param javaHome the JDK that runs this program
/// @param patience how long a daemon may take to stop in order
public record Installation(
    Optional<Path> launcher, Optional<Path> libraries, Path javaHome, Duration patience) {

  private static final Duration PATIENCE = Duration.ofSeconds(15);
  // A daemon that is being trained writes its AOT cache before it ends.
  private static final Duration TRAINING_PATIENCE = Duration.ofSeconds(90);

  /// What the launcher passed as `-Dcredence.launcher` and `-Dcredence.dist`, and in the
  /// environment.
  public static Installation of(Properties properties, Map<String, String> environment) {
    return new Installation(
        Optional.ofNullable(properties.getProperty("credence.launcher")).map(Path::of),
        Optional.ofNullable(properties.getProperty("credence.dist")).map(Path::of),
        Path.of(properties.getProperty("java.home", "/")),
        environment.containsKey("CREDENCE_TRAIN") ? TRAINING_PATIENCE : PATIENCE);
  }

  Path requiredLauncher() {
    return launcher.orElseThrow(Installation::notThroughLauncher);
  }

  /// The folder that the launcher built.
  public Path requiredLibraries() {
    return libraries.orElseThrow(Installation::notThroughLauncher);
  }

  private static CommandFailure notThroughLauncher() {
    return CommandFailure.failed("this command starts other programs: run it through ./credence");
  }
}
