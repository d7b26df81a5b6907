package dev.credence.node;

import dev.credence.platform.linux.BootClock;
import java.time.Duration;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Timers on one daemon thread that count the time in suspend too: the JDK's own stand still while
/// the machine sleeps, and certificates don't.
final class BootTimers implements Timers, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BootTimers.class);
  // After a resume, what is overdue runs at most this late.
  private static final long LONGEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final BootClock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final PriorityQueue<Entry> queue = new PriorityQueue<>();
  private long sequence;
  private boolean closed;

  private BootTimers(BootClock clock) {
    this.clock = clock;
  }

  static BootTimers start(BootClock clock) {
    var timers = new BootTimers(clock);
    Thread.ofPlatform().name("node-timers").daemon().start(timers::run);
    return timers;
  }

  @Override
  public Timer after(Duration delay, Runnable task) {
    long due = clock.nanos() + Math.max(0, delay.toNanos());
    lock.lock();
    try {
      var entry = new Entry(due, sequence++, task);
      queue.add(entry);
      Entry first = queue.peek();
      if (first == null || first.sequence == entry.sequence) {
        changed.signal(); // the thread waits for another one, or for none
      }
      return () -> cancel(entry);
    } finally {
      lock.unlock();
    }
  }

  private void cancel(Entry entry) {
    lock.lock();
    try {
      queue.remove(entry);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      queue.clear();
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    for (Entry entry = await(); entry != null; entry = await()) {
      try {
        entry.task.run();
      } catch (Throwable e) {
        // The thread's outer edge: one failing task must not stop the others.
        Edge.report(LOG, "timer task failed", e);
      }
    }
  }

  private @Nullable Entry await() {
    lock.lock();
    try {
      while (!closed) {
        Entry first = queue.peek();
        long wait = first == null ? LONGEST_WAIT_NANOS : first.due - clock.nanos();
        if (first != null && wait <= 0) {
          return queue.poll();
        }
        long waited = changed.awaitNanos(Math.min(wait, LONGEST_WAIT_NANOS));
        assert waited <= LONGEST_WAIT_NANOS;
      }
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    } finally {
      lock.unlock();
    }
  }

  private record Entry(long due, long sequence, Runnable task) implements Comparable<Entry> {
    @Override
    public int compareTo(Entry other) {
      int byTime = Long.compare(due - other.due, 0);
      return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
    }
  }
}
