package dev.credence.node;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntConsumer;

/// Has what is served of a user looked at as soon as the kernel says that a process has become that
/// user: whoever runs beside an agent under its user id may read its memory. Thread-safe.
final class Newcomers {
  /// A reading of who runs under a user id is not made anew as often as somebody likes, see
  /// [dev.credence.attestors.linux.IsolationMeter#newcomer]: this is after the next one is due.
  private static final Duration ONCE_MORE = Duration.ofMillis(1100);

  private final ProcessTable processes;
  private final IntConsumer meter;
  private final Timers timers;
  private final Set<Integer> planned = ConcurrentHashMap.newKeySet();

  /// @param meter of isolation; told of the user first
  Newcomers(ProcessTable processes, IntConsumer meter, Timers timers) {
    this.processes = processes;
    this.meter = meter;
    this.timers = timers;
  }

  /// Cheap: told of every process of the machine that becomes another user. Never blocks.
  ///
  /// @param uid unsigned
  void joined(int uid) {
    if (!processes.serves(uid)) {
      return;
    }
    meter.accept(uid);
    processes.happenedBeside(uid);
    if (planned.add(uid)) {
      var _ = timers.after(ONCE_MORE, () -> again(uid));
    }
  }

  private void again(int uid) {
    planned.remove(uid);
    processes.happenedBeside(uid);
  }
}
