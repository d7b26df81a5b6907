package dev.credence.cli.demo;

import dev.credence.cli.client.CommandFailure;
import dev.credence.cli.local.Installation;
import dev.credence.cli.local.LineProcess;
import dev.credence.cli.print.Text;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A part in the story. Each has its own copy of the `java` program, so that the kernel tells its
/// processes apart by the path of their executable; the rest of the JDK is linked.
record Role(String name, Path folder, List<String> java) {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final List<String> OPTIONS =
      List.of(
          "--enable-native-access=ALL-UNNAMED",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-Xmx128m",
          "-Djdk.tls.server.newSessionTicketCount=0");

  /// Makes the copy in FOLDER/NAME.
  static Role install(String name, Path parent, Installation installation) {
    var folder = parent.resolve(name);
    try {
      Files.createDirectories(folder.resolve("bin"));
      Files.copy(installation.javaHome().resolve("bin/java"), folder.resolve("bin/java"));
      for (var linked : List.of("lib", "conf")) {
        Files.createSymbolicLink(folder.resolve(linked), installation.javaHome().resolve(linked));
      }
      var classPath =
          Files.readString(installation.requiredLibraries().resolve("demo.classpath")).strip();
      var java = new ArrayList<>(List.of(folder.resolve("bin/java").toString()));
      java.addAll(OPTIONS);
      java.addAll(
          List.of("-cp", classPath.replace("@DIST@", installation.requiredLibraries().toString())));
      return new Role(name, folder, List.copyOf(java));
    } catch (IOException e) {
      throw CommandFailure.failed(Text.of("%s: cannot be made: %s", folder, e));
    }
  }

  /// The path that `unix:path` will show.
  Path executable() {
    return folder.resolve("bin/java");
  }

  /// Starts a process of this role.
  RoleProcess start(Path socket, String mainClass, String... arguments) {
    var words = new ArrayList<>(java);
    words.add("dev.credence.demo." + mainClass);
    words.addAll(List.of(arguments));
    var environment = Map.of("SPIFFE_ENDPOINT_SOCKET", "unix://" + socket);
    try {
      return new RoleProcess(
          name,
          new LineProcess.Command(words, environment, folder.resolve(name + ".log"), PATIENCE));
    } catch (UncheckedIOException e) {
      throw CommandFailure.failed(
          Text.of(
              "cannot start %s: %s (is its file system mounted noexec? TMPDIR chooses another)",
              executable(), e.getCause()));
    }
  }
}
