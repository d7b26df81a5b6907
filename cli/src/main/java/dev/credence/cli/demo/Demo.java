package dev.credence.cli.demo;

import dev.credence.certs.TrustDomain;
import dev.credence.cli.client.CommandFailure;
import dev.credence.cli.local.DevFolder;
import dev.credence.cli.local.Installation;
import dev.credence.cli.local.LocalPlane;
import dev.credence.cli.local.StopOnSignal;
import dev.credence.cli.print.Text;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Everything around the story: a folder for it, the end of what it started, and the removal of the
/// folder.
///
/// @param environment for TMPDIR, the folder above the demo's
public record Demo(PrintWriter out, Map<String, String> environment, Installation installation) {

  private static final int INTERRUPTED = 130;

  /// Runs the demo.
  ///
  /// @throws CommandFailure if a step is not as it says, or something is left running
  public void run() {
    try {
      var folder =
          Files.createTempDirectory(
                  Path.of(environment.getOrDefault("TMPDIR", "/tmp")), "credence-demo-")
              .toRealPath();
      var narrator = new Narrator(out);
      narrator.title(
          Text.of(
              "Credence, the whole story on real processes. All of it is in %s, and gone afterwards.",
              folder));
      try {
        tell(narrator, folder);
      } catch (CommandFailure e) {
        out.println();
        out.println("What happened is in the logs in " + folder);
        out.flush();
        throw e;
      }
      delete(folder);
      narrator.title("");
      narrator.title("Everything was as it says.");
    } catch (IOException e) {
      throw CommandFailure.failed("the demo's folder: " + e);
    }
  }

  private void tell(Narrator narrator, Path folder) throws IOException {
    try (var dev = DevFolder.open(folder, environment);
        var plane = new LocalPlane(dev, TrustDomain.parse("demo.credence.test"), installation);
        var cast = new Cast();
        var _ = new StopOnSignal(() -> interrupted(cast, plane, dev, folder), INTERRUPTED)) {
      new DemoStory(narrator, plane, cast, folder, installation).tell();
      narrator.step("Everything is stopped.");
      cast.remember(plane.pids());
      cast.stop();
      plane.stop();
      narrator.check(cast.alive().isEmpty(), "still running: " + cast.alive());
      narrator.say("Nothing is left running.");
    }
  }

  private static void interrupted(Cast cast, LocalPlane plane, DevFolder dev, Path folder) {
    cast.stop();
    plane.stop();
    dev.close();
    try {
      delete(folder);
    } catch (IOException _) {
      // The process ends now; the folder was a temporary one.
    }
  }

  private static void delete(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
              throws IOException {
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
