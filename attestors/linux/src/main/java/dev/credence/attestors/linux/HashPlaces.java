package dev.credence.attestors.linux;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/// Limits how many files are read at once, in total and for each user. Thread-safe.
final class HashPlaces {
  private final HashLimits limits;
  private final Semaphore total;
  private final Map<Integer, UserPlaces> users = new HashMap<>();

  HashPlaces(HashLimits limits) {
    this.limits = limits;
    this.total = new Semaphore(limits.atOnce(), true);
  }

  private static final class UserPlaces {
    private final Semaphore free;
    private int interested;

    UserPlaces(int places) {
      this.free = new Semaphore(places, true);
    }
  }

  /// A right to read one file; given back by closing it, once.
  interface Place extends AutoCloseable {
    /// Nobody waits for this reading any more. It stays one of its user's, but takes nothing from
    /// others: whoever can hold up two readings would otherwise hold up everybody's, for good.
    void overdue();

    @Override
    void close();
  }

  private final class Taken implements Place {
    private final int uid;
    private final UserPlaces user;
    private final AtomicBoolean ofAll = new AtomicBoolean(true);

    Taken(int uid, UserPlaces user) {
      this.uid = uid;
      this.user = user;
    }

    @Override
    public void overdue() {
      if (ofAll.compareAndSet(true, false)) {
        total.release();
      }
    }

    @Override
    public void close() {
      overdue();
      user.free.release();
      leave(uid, user);
    }
  }

  /// Waits for a place: first among the user's own, so that one user's crowd does not hold up
  /// others.
  Place take(int uid, Duration patience) throws HashRefusedException {
    long deadline = System.nanoTime() + patience.toNanos();
    UserPlaces user = enter(uid);
    boolean mine = false;
    boolean all = false;
    try {
      mine = user.free.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      all = mine && total.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (all) {
      return new Taken(uid, user);
    }
    if (mine) {
      user.free.release();
    }
    leave(uid, user);
    throw HashRefusedException.notNow(
        "too many files are being read at once", new TimeoutException());
  }

  private synchronized UserPlaces enter(int uid) {
    UserPlaces user = users.computeIfAbsent(uid, any -> new UserPlaces(limits.perUser()));
    user.interested++;
    return user;
  }

  private synchronized void leave(int uid, UserPlaces user) {
    user.interested--;
    if (user.interested == 0) {
      users.remove(uid);
    }
  }
}
