package dev.credence.node.launch;

import dev.credence.attestors.Evidence;
import dev.credence.platform.linux.LaunchedProcess;
import dev.credence.platform.linux.ProcessMark;
import dev.credence.platform.linux.UnattestableException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A program that the node has started, and what it knows of it for that reason. Thread-safe.
///
/// @param pid of the program itself; its children are not meant
/// @param group its control group, as /proc/PID/cgroup shows it; [#NO_GROUP] if none was made for
///   it
/// @param view inode of its mount namespace
/// @param evidence what is true of it as long as it is where it was put, and runs what it was given
/// @param mark which program it is; completed once it was seen to run
/// @param condition what must stay true beside that
record Launched(
    int pid,
    String group,
    long view,
    List<Evidence> evidence,
    CompletableFuture<ProcessMark> mark,
    Condition condition) {
  /// No control group's path.
  static final String NO_GROUP = "";

  private static final long SEEN_WITHIN_SECONDS = 5;

  Launched {
    evidence = List.copyOf(evidence);
  }

  /// Why it is not (any more) what was started; empty: it is. Waits for the start to be over.
  ///
  /// @throws UnattestableException if it is gone, or cannot be looked at
  Optional<String> changed() throws UnattestableException {
    Optional<ProcessMark> started = started();
    if (started.isEmpty()) {
      return Optional.of("its start was not seen");
    }
    if (!started.get().equals(ProcessMark.read(pid))) {
      return Optional.of("it runs another program than it was started with");
    }
    if (LaunchedProcess.mountNamespace(pid) != view) {
      return Optional.of("it has left the view of the file system that it was given");
    }
    if (!group.equals(NO_GROUP) && !LaunchedProcess.group(pid).equals(group)) {
      return Optional.of("it has left its control group");
    }
    return condition.broken(pid);
  }

  /// True if it was seen to run what it was started with.
  boolean wasSeen() {
    return mark.isDone() && !mark.isCompletedExceptionally();
  }

  private Optional<ProcessMark> started() {
    try {
      return Optional.of(mark.get(SEEN_WITHIN_SECONDS, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (ExecutionException | TimeoutException e) {
      return Optional.empty();
    }
  }
}
