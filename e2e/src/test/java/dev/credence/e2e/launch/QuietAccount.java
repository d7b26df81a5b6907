package dev.credence.e2e.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/// An account of this host that runs nothing: an agent's own user, as far as a test can have one.
///
/// @param uid its number
record QuietAccount(String name, int uid) {
  /// Of those that every distribution has, and that hardly anybody uses, and whose homes are not
  /// theirs: code could be in one.
  private static final List<String> CANDIDATES =
      List.of("games", "lp", "news", "uucp", "irc", "list", "nobody");

  /// One of them, by chance: other tests of this host may look for one too.
  static QuietAccount find() throws IOException {
    Set<Integer> busy = busy();
    var shuffled = new ArrayList<>(CANDIDATES);
    Collections.shuffle(shuffled, new Random(ProcessHandle.current().pid()));
    for (String line : Files.readAllLines(Path.of("/etc/passwd"))) {
      String[] fields = line.split(":", -1);
      shuffled.replaceAll(name ->
          name.equals(fields[0]) && !busy.contains(Integer.valueOf(fields[2])) ? line : name);
    }
    return shuffled.stream()
        .filter(found -> found.contains(":"))
        .map(found -> found.split(":", -1))
        .map(fields -> new QuietAccount(fields[0], Integer.parseInt(fields[2])))
        .findFirst()
        .orElseThrow(() -> new AssertionError("every one of " + CANDIDATES + " runs something"));
  }

  private static Set<Integer> busy() throws IOException {
    var uids = new HashSet<Integer>();
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      for (Path process :
          processes.filter(it -> it.getFileName().toString().matches("[0-9]+")).toList()) {
        try {
          uids.add((Integer) Files.getAttribute(process, "unix:uid"));
        } catch (IOException e) {
          // It has ended.
        }
      }
    }
    return uids;
  }
}
