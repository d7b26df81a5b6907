package dev.credence.e2e.launch;

import dev.credence.e2e.program.Running;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// A caller of the launch socket that is small enough to be put anywhere: a script that says on its
/// error output what the node answers (`launch started`, `launch refused ...`, `launch itself
/// ...`).
///
/// @param script where it lies, open to everybody
record LaunchCaller(LaunchPlace place, Path script) {
  static LaunchCaller of(LaunchPlace place) throws IOException {
    Path script = place.rig().file("client.py");
    try (InputStream in = LaunchCaller.class.getResourceAsStream("/launch/client.py")) {
      Files.copy(Objects.requireNonNull(in, "client.py"), script);
    }
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rw-r--r--"));
    return new LaunchCaller(place, script);
  }

  /// The command line, with the folder of the code that goes with the place.
  List<String> words(String agent, String user, String... command) {
    return words(List.of(), place.code(), agent, user, command);
  }

  private List<String> words(
      List<String> options, Path code, String agent, String user, String... command) {
    var words = new ArrayList<>(List.of("/usr/bin/python3", script.toString()));
    words.addAll(options);
    words.addAll(List.of(place.launchSocket().toString(), code.toString(), agent, user));
    words.addAll(List.of(command));
    return words;
  }

  /// Started by this process.
  Running run(Path code, String agent, String user, String... command) throws IOException {
    return run(List.of(), code, agent, user, command);
  }

  /// Started by another command.
  Running run(List<String> prefix, Path code, String agent, String user, String... command)
      throws IOException {
    var all = new ArrayList<>(prefix);
    all.addAll(words(List.of(), code, agent, user, command));
    return Running.start("caller", all, Map.of(), Path.of("/"));
  }

  /// It has opened all that it sends (`launch paused`), and asks when it is told a line.
  Running pausing(List<String> prefix, Path code, String agent, String... command)
      throws IOException {
    var all = new ArrayList<>(prefix);
    all.addAll(words(List.of("--pause"), code, agent, "", command));
    return Running.start("caller", all, Map.of(), Path.of("/"));
  }

  /// With a variable for the program, which is in no argument of its own.
  Running with(String name, String value, String agent, String... command) throws IOException {
    var words = words(List.of("--env", name), place.code(), agent, place.account().name(), command);
    return Running.start("caller", words, Map.of(name, value), Path.of("/"));
  }

  /// It puts itself under a seccomp filter first.
  Running underSeccomp(String agent, String... command) throws IOException {
    var words = words(List.of("--seccomp"), place.code(), agent, place.account().name(), command);
    return Running.start("caller", words, Map.of(), Path.of("/"));
  }
}
