package dev.credence.attestors.container;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A control group of the unified hierarchy, as somebody who may make groups names it; removed when
/// it is closed, after those in it have ended.
public final class TestGroup implements AutoCloseable {
  private final Path folder;

  private TestGroup(Path folder) {
    this.folder = folder;
  }

  /// Makes it; without root, or without such a hierarchy, the test is skipped and says so.
  ///
  /// @param name without a slash at the begin
  public static TestGroup make(String name) {
    Optional<Path> root = root();
    assumeTrue(
        root.filter(Files::isWritable).isPresent(),
        "needs a writable cgroup v2 hierarchy, and so root");
    Path folder = root.orElseThrow().resolve(name);
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new TestGroup(folder);
  }

  /// Where the unified hierarchy is mounted here.
  public static Optional<Path> root() {
    try {
      return Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
          .filter(line -> line.contains(" - cgroup2 "))
          .map(line -> Path.of(line.split(" ", -1)[4]))
          .findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Moves a process here.
  public void take(long pid) {
    try {
      Files.writeString(folder.resolve("cgroup.procs"), Long.toString(pid));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // Those above it, unless something else is in them.
    Path root = root().orElseThrow();
    Path above = folder.getParent();
    while (above != null && !above.equals(root)) {
      try {
        Files.delete(above);
        above = above.getParent();
      } catch (IOException e) {
        return;
      }
    }
  }
}
