package dev.credence.cli.demo;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Everything that the story started, so that all of it is stopped whatever happens. Thread-safe.
final class Cast implements AutoCloseable {

  private final Deque<AutoCloseable> members = new ArrayDeque<>();
  private final List<Long> pids = new ArrayList<>();

  synchronized <T extends AutoCloseable> T add(T member) {
    members.push(member);
    if (member instanceof RoleProcess process) {
      pids.add(process.pid());
    }
    return member;
  }

  synchronized void remember(List<Long> more) {
    pids.addAll(more);
  }

  /// Those that are still there. After [#stop()] there must be none.
  synchronized List<Long> alive() {
    return pids.stream()
        .filter(pid -> ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false))
        .toList();
  }

  /// Stops all, the last one first.
  synchronized void stop() {
    while (!members.isEmpty()) {
      try {
        members.pop().close();
      } catch (Exception _) {
        // The others are to be stopped all the same; alive() tells what is left.
      }
    }
  }

  @Override
  public void close() {
    stop();
  }
}
