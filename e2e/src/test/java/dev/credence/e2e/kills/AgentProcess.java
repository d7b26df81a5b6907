package dev.credence.e2e.kills;

import dev.credence.e2e.program.JavaCopy;
import dev.credence.e2e.program.Workload;
import dev.credence.e2e.workload.Seen;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A process with an open stream, which is opened again whenever it has ended. For one thread.
final class AgentProcess implements AutoCloseable {
  private final Workload workload;
  private int opened;

  private AgentProcess(Workload workload) {
    this.workload = workload;
  }

  static AgentProcess start(JavaCopy java, Path socket) throws IOException, InterruptedException {
    var process = new AgentProcess(Workload.start(java, socket));
    process.open();
    return process;
  }

  int pid() {
    return workload.process().pid();
  }

  private void open() throws IOException {
    opened++;
    workload.process().say("open");
  }

  /// What its newest stream said last; empty: it has said nothing yet, or has ended, and another
  /// one was opened.
  Optional<List<Seen>> holds() throws IOException {
    String last = "";
    for (String line : workload.process().out().all()) {
      String[] words = line.split(" ", 3);
      if (words.length >= 2 && words[1].equals(Integer.toString(opened))) {
        last = line;
      }
    }
    if (last.startsWith("closed ")) {
      open();
      return Optional.empty();
    }
    return last.startsWith("message ")
        ? Optional.of(Seen.parse(last.split(" ", 3)[2]))
        : Optional.empty();
  }

  String log() {
    return workload.log();
  }

  @Override
  public void close() {
    workload.close();
  }
}
