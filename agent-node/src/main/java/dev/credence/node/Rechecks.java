package dev.credence.node;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Has every served process looked at again at an interval: some changes give no other sign.
final class Rechecks implements AutoCloseable {
  private final Timers timers;
  private final Duration interval;
  private final ProcessTable processes;
  private final Unissued unissued;

  // Guarded by this object.
  private Timers.@Nullable Timer next;
  private boolean closed;

  Rechecks(Timers timers, Duration interval, ProcessTable processes, Unissued unissued) {
    this.unissued = unissued;
    this.timers = timers;
    this.interval = interval;
    this.processes = processes;
  }

  synchronized void plan() {
    if (!closed) {
      next = timers.after(interval, this::round);
    }
  }

  private void round() {
    processes.signalAll();
    unissued.forgetGone();
    plan();
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (next != null) {
      next.cancel();
    }
  }
}
