package dev.credence.attestors.linux;

import dev.credence.attestors.ProcessRef;
import dev.credence.platform.linux.ProcessFacts;
import dev.credence.platform.linux.UnattestableException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A real process that has begun to run its program when the test gets it, and that never outlives
/// it.
final class Child implements AutoCloseable {
  private final Process process;
  private final BufferedReader out;

  private Child(Process process) {
    this.process = process;
    this.out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.ISO_8859_1));
  }

  static Child start(List<String> command) {
    try {
      return new Child(
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Something that answers each line that it gets, such as cat.
  static Child echo(String... command) {
    Child child = start(List.of(command));
    child.go();
    if (child.line().isPresent()) {
      return child;
    }
    child.close();
    throw new AssertionError(String.join(" ", command) + " did not answer");
  }

  static Child shell(String script) {
    Child child = start(List.of("/bin/sh", "-c", script));
    if (child.line().equals(Optional.of("ready"))) {
      return child;
    }
    child.close();
    throw new AssertionError(script + " did not print ready");
  }

  int pid() {
    return Math.toIntExact(process.pid());
  }

  ProcessFacts facts() throws UnattestableException {
    return ProcessFacts.read(pid());
  }

  ProcessRef ref() {
    try {
      ProcessFacts facts = facts();
      return new ProcessRef(facts.pid(), facts.uid(), facts.gid());
    } catch (UnattestableException e) {
      throw new AssertionError(e);
    }
  }

  void go() {
    try {
      process.outputWriter(StandardCharsets.ISO_8859_1).append('\n').flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Optional<String> line() {
    try {
      return Optional.ofNullable(out.readLine());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Optional<String> first(String... programs) {
    return Stream.of(programs).filter(path -> Files.isExecutable(Path.of(path))).findFirst();
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    process.onExit().join();
  }
}
