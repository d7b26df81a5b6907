package dev.credence.e2e.attacks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A control group of the second version for a story. Closing moves what is in it to the root, and
/// removes it.
public record Cgroup2(Path folder) implements AutoCloseable {
  /// Where the hierarchy is mounted; empty: nowhere.
  static Optional<Path> root() throws IOException {
    try (var lines = Files.lines(Path.of("/proc/self/mountinfo"))) {
      return lines
          .filter(line -> line.contains(" - cgroup2 "))
          .map(line -> Path.of(line.split(" ", -1)[4]))
          .findFirst();
    }
  }

  /// Makes one.
  public static Cgroup2 make(String name) throws IOException {
    return new Cgroup2(Files.createTempDirectory(root().orElseThrow(), "credence-" + name + "-"));
  }

  /// Its path as in /proc/PID/cgroup.
  public String path() throws IOException {
    return "/" + root().orElseThrow().relativize(folder);
  }

  /// Moves a process into it.
  public void take(long pid) throws IOException {
    Files.writeString(folder.resolve("cgroup.procs"), Long.toString(pid));
  }

  /// Moves a process back to the root of the hierarchy.
  public void release(long pid) throws IOException {
    Files.writeString(root().orElseThrow().resolve("cgroup.procs"), Long.toString(pid));
  }

  @Override
  public void close() throws IOException {
    for (var pid : Files.readAllLines(folder.resolve("cgroup.procs"))) {
      release(Long.parseLong(pid));
    }
    Files.delete(folder);
  }
}
