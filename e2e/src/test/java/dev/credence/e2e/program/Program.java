package dev.credence.e2e.program;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// `./credence`, as people start it, on what this build made. Immutable.
///
/// @param prefix words before it, such as another program that starts it
/// @param environment what a shell would have exported
public record Program(List<String> prefix, Map<String, String> environment) {

  // "nobody" everywhere.
  private static final String ORDINARY = "65534";

  private static final Duration LONGEST = Duration.ofSeconds(90);

  /// Copies both.
  public Program {
    prefix = List.copyOf(prefix);
    environment = Map.copyOf(environment);
  }

  /// With nothing exported.
  public static Program credence() {
    return new Program(List.of(), Map.of());
  }

  /// With one variable more.
  public Program with(String variable, String value) {
    var more = new TreeMap<>(environment);
    more.put(variable, value);
    return new Program(prefix, more);
  }

  /// In a shell that has exported all of these.
  public Program with(Map<String, String> variables) {
    var more = new TreeMap<>(environment);
    more.putAll(variables);
    return new Program(prefix, more);
  }

  /// Started by a user without any rights, if this one has all of them; else by this one.
  public Program asOrdinaryUser() throws IOException {
    if (!Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
      return this;
    }
    var words = List.of("setpriv", "--reuid=" + ORDINARY, "--regid=" + ORDINARY, "--clear-groups");
    return new Program(words, environment).with("HOME", "/tmp");
  }

  /// Runs a command to its end.
  public Finished run(String... arguments) throws IOException, InterruptedException {
    return run(List.of(arguments), "");
  }

  /// Runs a command to its end, with something on its standard input.
  public Finished run(List<String> arguments, String input)
      throws IOException, InterruptedException {
    long began = System.nanoTime();
    try (var running = start(arguments)) {
      if (!input.isEmpty()) {
        running.say(input);
      }
      running.endInput();
      int exit = running.exit(LONGEST);
      var took = Duration.ofNanos(System.nanoTime() - began);
      return new Finished(
          arguments, exit, text(running.out().all()), text(running.err().all()), took);
    }
  }

  private static String text(List<String> lines) {
    return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
  }

  /// Starts a command that goes on.
  public Running start(String... arguments) throws IOException {
    return start(List.of(arguments));
  }

  private Running start(List<String> arguments) throws IOException {
    var distribution = Distribution.ofThisBuild();
    var command = new ArrayList<>(prefix);
    command.add(distribution.launcher().toString());
    command.addAll(arguments);
    var all = new TreeMap<>(distribution.environment());
    all.putAll(environment);
    return Running.start("credence " + String.join(" ", arguments), command, all, Path.of("/tmp"));
  }
}
