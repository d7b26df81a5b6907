package dev.credence.attestors.linux;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

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
  @FunctionalInterface
  interface Place extends AutoCloseable {
    @Override
    void close();
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
      return () -> giveBack(uid, user);
    }
    if (mine) {
      user.free.release();
    }
    leave(uid, user);
    throw HashRefusedException.notNow(
        "too many files are being read at once", new TimeoutException());
  }

  private void giveBack(int uid, UserPlaces user) {
    total.release();
    user.free.release();
    leave(uid, user);
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
