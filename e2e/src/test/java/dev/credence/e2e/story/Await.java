package dev.credence.e2e.story;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/// Things in the order in which they happened, to wait on: every wait has a deadline and none
/// polls. Thread-safe.
public final class Await<T> {

  private final String what;
  private final List<T> seen = new ArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean over;
  private String why = "";

  /// `what` names the things in messages: "lines of credence dev".
  public Await(String what) {
    this.what = what;
  }

  /// Something happened.
  public void add(T thing) {
    lock.lock();
    try {
      seen.add(thing);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Nothing more will happen.
  public void end(String reason) {
    lock.lock();
    try {
      over = true;
      why = reason;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// How many there are now: a place from which to look with [#after].
  public int mark() {
    lock.lock();
    try {
      return seen.size();
    } finally {
      lock.unlock();
    }
  }

  /// Everything so far.
  public List<T> all() {
    lock.lock();
    try {
      return List.copyOf(seen);
    } finally {
      lock.unlock();
    }
  }

  /// The first thing that fits, now or within the time.
  public T first(String expected, Predicate<? super T> fits, Duration atMost)
      throws InterruptedException {
    return after(0, expected, fits, atMost);
  }

  /// The first thing that fits from place `from` on, now or within the time.
  ///
  /// @throws AssertionError if it did not come in time, or nothing more will come
  public T after(int from, String expected, Predicate<? super T> fits, Duration atMost)
      throws InterruptedException {
    long left = atMost.toNanos();
    int next = from;
    lock.lockInterruptibly();
    try {
      while (true) {
        for (; next < seen.size(); next++) {
          if (fits.test(seen.get(next))) {
            return seen.get(next);
          }
        }
        if (over) {
          throw new AssertionError(
              "%s: no %s, and there will be none: %s; seen: %s"
                  .formatted(what, expected, why, tail()));
        }
        if (left <= 0) {
          throw new AssertionError(
              "%s: no %s within %s; seen: %s".formatted(what, expected, atMost, tail()));
        }
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /// Waits for the first thing that fits, or until nothing more can happen.
  ///
  /// @return empty if it came; why it is over otherwise
  public Optional<String> firstOrEnd(Predicate<? super T> fits, Duration atMost)
      throws InterruptedException {
    long left = atMost.toNanos();
    lock.lockInterruptibly();
    try {
      while (!over && seen.stream().noneMatch(fits)) {
        if (left <= 0) {
          throw new AssertionError(
              "%s: neither it nor the end within %s; seen: %s".formatted(what, atMost, tail()));
        }
        left = changed.awaitNanos(left);
      }
      return seen.stream().anyMatch(fits) ? Optional.empty() : Optional.of(why);
    } finally {
      lock.unlock();
    }
  }

  /// Waits until nothing more can happen.
  public String ended(Duration atMost) throws InterruptedException {
    long left = atMost.toNanos();
    lock.lockInterruptibly();
    try {
      while (!over) {
        if (left <= 0) {
          throw new AssertionError(
              "%s: not over within %s; seen: %s".formatted(what, atMost, tail()));
        }
        left = changed.awaitNanos(left);
      }
      return why;
    } finally {
      lock.unlock();
    }
  }

  /// Asks until the answer fits, with growing pauses: for facts that nothing announces. Never
  /// longer than `atMost`.
  public static <T> T answer(
      String expected, Answer<T> question, Predicate<? super T> fits, Duration atMost)
      throws Exception {
    long deadline = System.nanoTime() + atMost.toNanos();
    long pause = TimeUnit.MILLISECONDS.toNanos(2);
    var never = new ReentrantLock();
    var nothing = never.newCondition();
    while (true) {
      var answer = question.ask();
      if (fits.test(answer)) {
        return answer;
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "no %s within %s; the last answer: %s".formatted(expected, atMost, answer));
      }
      never.lockInterruptibly();
      try {
        long rest = nothing.awaitNanos(pause);
        assert rest <= pause;
      } finally {
        never.unlock();
      }
      pause = Math.min(pause * 2, TimeUnit.MILLISECONDS.toNanos(100));
    }
  }

  private String tail() {
    return seen.size() <= 20
        ? seen.toString()
        : "... " + seen.subList(seen.size() - 20, seen.size());
  }

  /// A question that may be asked again.
  @FunctionalInterface
  public interface Answer<T> {
    /// Asks.
    T ask() throws Exception;
  }
}
