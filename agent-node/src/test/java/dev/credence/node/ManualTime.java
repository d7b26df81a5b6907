package dev.credence.node;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/// Clock and timers that stand still until a test moves them. Tasks run on the moving thread.
final class ManualTime extends Clock implements Timers {
  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(Comparator.comparing(Task::due).thenComparingLong(Task::sequence));
  private Instant now;
  private long sequence;

  ManualTime(Instant start) {
    now = start;
  }

  private record Task(Instant due, long sequence, Runnable action) {}

  @Override
  public synchronized Timer after(Duration delay, Runnable action) {
    var task = new Task(now.plus(delay), sequence++, action);
    tasks.add(task);
    return () -> {
      synchronized (this) {
        tasks.remove(task);
      }
    };
  }

  /// Moves on, running what falls due on the way.
  void advance(Duration by) {
    Instant target = instant().plus(by);
    for (List<Task> due = dueUntil(target); !due.isEmpty(); due = dueUntil(target)) {
      due.forEach(task -> task.action.run());
    }
    synchronized (this) {
      now = target;
    }
  }

  private synchronized List<Task> dueUntil(Instant target) {
    var due = new ArrayList<Task>();
    Task first = tasks.peek();
    if (first != null && !first.due.isAfter(target)) {
      due.add(tasks.remove());
      now = first.due.isAfter(now) ? first.due : now;
    }
    return due;
  }

  synchronized int pending() {
    return tasks.size();
  }

  @Override
  public synchronized Instant instant() {
    return now;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
