package dev.credence.e2e.rig;

import dev.credence.node.Timers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Time that moves only when a test says so: calendar of server and nodes, and the nodes'
/// intervals. What is due runs on the thread that advances the time, in order. Thread-safe.
public final class TestClock extends Clock implements Timers, AutoCloseable {

  private final ReentrantLock lock = new ReentrantLock();
  private final PriorityQueue<Task> tasks = new PriorityQueue<>();
  private Instant now;
  private long sequence;

  /// A clock that stands at `start`.
  public TestClock(Instant start) {
    this.now = start;
  }

  @Override
  public Instant instant() {
    lock.lock();
    try {
      return now;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException("zone " + zone + " (expected: nobody asks)");
  }

  @Override
  public Timer after(Duration delay, Runnable work) {
    var task = add(delay, work);
    return task::cancel;
  }

  private Task add(Duration delay, Runnable work) {
    lock.lock();
    try {
      var task =
          new Task(
              now.plus(delay.isNegative() ? Duration.ZERO : delay),
              sequence++,
              work,
              new AtomicBoolean());
      tasks.add(task);
      return task;
    } finally {
      lock.unlock();
    }
  }

  /// Moves time on, and runs everything that becomes due on the way.
  public void advance(Duration by) {
    var target = instant().plus(by);
    for (var task = next(target); task != null; task = next(target)) {
      task.run();
    }
  }

  private @Nullable Task next(Instant target) {
    lock.lock();
    try {
      var first = tasks.peek();
      if (first == null || first.due().isAfter(target)) {
        now = target;
        return null;
      }
      now = first.due().isAfter(now) ? first.due() : now;
      return tasks.poll();
    } finally {
      lock.unlock();
    }
  }

  /// Forgets all tasks: whoever planned them is closed.
  @Override
  public void close() {
    lock.lock();
    try {
      tasks.clear();
    } finally {
      lock.unlock();
    }
  }

  private record Task(Instant due, long sequence, Runnable work, AtomicBoolean cancelled)
      implements Comparable<Task> {
    void cancel() {
      cancelled.set(true);
    }

    void run() {
      if (!cancelled.get()) {
        work.run();
      }
    }

    @Override
    public int compareTo(Task other) {
      int byTime = due.compareTo(other.due);
      return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
    }
  }
}
