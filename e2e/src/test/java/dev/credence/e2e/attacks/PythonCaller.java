package dev.credence.e2e.attacks;

import dev.credence.e2e.program.Running;
import dev.credence.e2e.story.Story;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// A process that calls the Workload API and plays tricks (caller.py), under a Python interpreter
/// that the story chooses. Used by one thread.
final class PythonCaller implements AutoCloseable, Story.HasLog {

  private static final Duration SOON = Duration.ofSeconds(60);

  private final Running process;

  private PythonCaller(Running process) {
    this.process = process;
  }

  /// A copy of the interpreter under a name of its own, open to all.
  static Path interpreter(Path folder, String name) throws IOException {
    var copy = Files.copy(Path.of("/usr/bin/python3").toRealPath(), folder.resolve(name));
    Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
    return copy.toRealPath();
  }

  /// The script, in a folder that all may read.
  static Path script(Path folder) throws IOException {
    var script = folder.resolve("caller.py");
    try (var in =
        Objects.requireNonNull(PythonCaller.class.getResourceAsStream("caller.py"), "caller.py")) {
      Files.write(script, in.readAllBytes());
    }
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rw-r--r--"));
    return script.toRealPath();
  }

  /// Starts one.
  ///
  /// @param before what starts it: setpriv, unshare
  static PythonCaller start(List<String> before, Path interpreter, Path script, Path socket)
      throws IOException, InterruptedException {
    return start(before, Map.of(), interpreter, script, socket);
  }

  /// The same, with further variables.
  static PythonCaller start(
      List<String> before,
      Map<String, String> variables,
      Path interpreter,
      Path script,
      Path socket)
      throws IOException, InterruptedException {
    var command = new ArrayList<>(before);
    command.addAll(List.of(interpreter.toString(), "-u", script.toString(), socket.toString()));
    var process = Running.start("caller", command, variables, Path.of("/tmp"));
    process.line("started (\\d+)", SOON);
    return new PythonCaller(process);
  }

  int pid() {
    return process.pid();
  }

  int mark() {
    return process.out().mark();
  }

  /// Opens a stream: true if it got an SVID, false if it was refused.
  boolean open() throws IOException, InterruptedException {
    int from = mark();
    process.say("open");
    return process.line(from, "(message|closed) \\d+", SOON).group(1).equals("message");
  }

  /// Says something; what comes of it is awaited by [#told].
  ///
  /// @return the place from which on an answer counts
  int say(String command) throws IOException {
    int from = mark();
    process.say(command);
    return from;
  }

  /// Waits for a line of this pattern, from place `from` on, of which the first group is given.
  String told(int from, String pattern) throws InterruptedException {
    return process.line(from, pattern, SOON).group(1);
  }

  /// Waits for the end of a stream, from place `from` on.
  void closed(int from) throws InterruptedException {
    process.line(from, "closed \\d+", SOON);
  }

  /// Says something that is answered by a line of this pattern, of which the first group is given.
  String ask(String command, String pattern) throws IOException, InterruptedException {
    int from = mark();
    process.say(command);
    return process.line(from, pattern, SOON).group(1);
  }

  @Override
  public String log() {
    return process.log();
  }

  @Override
  public void close() {
    process.close();
  }
}
