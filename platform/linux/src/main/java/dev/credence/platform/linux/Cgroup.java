package dev.credence.platform.linux;

import java.io.IOException;

/// The control group of a process (cgroups(7)).
final class Cgroup {
  private static final int LONGEST = 1 << 16;

  private Cgroup() {}

  /// Its path in the unified hierarchy; where that is `/` (hybrid layouts), in the first other one.
  static String read(ProcDirectory process) throws IOException {
    return parse(process.readText("cgroup", LONGEST));
  }

  static String parse(String text) {
    return KernelText.lines(text)
        .sorted((a, b) -> Boolean.compare(b.startsWith("0::"), a.startsWith("0::")))
        .map(Cgroup::path)
        .filter(path -> !path.equals("/"))
        .findFirst()
        .orElse("/");
  }

  /// `ID:CONTROLLERS:PATH`; the path may contain colons.
  private static String path(String line) {
    String[] parts = line.split(":", 3);
    return parts.length == 3 && !parts[2].isEmpty() ? parts[2] : "/";
  }
}
