package dev.credence.attestors.container;

import dev.credence.attestors.ProcessRef;
import dev.credence.platform.linux.ProcessFacts;
import dev.credence.platform.linux.UnattestableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A real process that has begun to run its program when the test gets it, and that never outlives
/// it.
final class Child implements AutoCloseable {
  private final Process process;

  private Child(Process process) {
    this.process = process;
  }

  /// Something that answers each line that it gets, such as cat.
  static Child echo(String... command) throws IOException {
    var child =
        new Child(
            new ProcessBuilder(List.of(command))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    child.process.outputWriter(StandardCharsets.ISO_8859_1).append('\n').flush();
    if (child.process.getInputStream().read() < 0) {
      child.close();
      throw new AssertionError(String.join(" ", command) + " did not answer");
    }
    return child;
  }

  int pid() {
    return Math.toIntExact(process.pid());
  }

  ProcessRef ref() {
    return ref(pid());
  }

  static ProcessRef ref(int pid) {
    try {
      ProcessFacts facts = ProcessFacts.read(pid);
      return new ProcessRef(facts.pid(), facts.uid(), facts.gid());
    } catch (UnattestableException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    process.onExit().join();
  }
}
