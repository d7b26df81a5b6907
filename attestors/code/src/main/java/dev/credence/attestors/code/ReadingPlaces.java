package dev.credence.attestors.code;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// How many trees are read at once, in total and for each user: nobody takes all. Thread-safe.
final class ReadingPlaces {
  private final StoreLimits limits;
  private final Semaphore total;
  private final Map<Integer, Share> shares = new HashMap<>();

  ReadingPlaces(StoreLimits limits) {
    this.limits = limits;
    this.total = new Semaphore(limits.atOnce(), true);
  }

  private static final class Share {
    private final Semaphore free;
    private int interested;

    Share(int places) {
      this.free = new Semaphore(places, true);
    }
  }

  /// The right to read one tree; given back once.
  @FunctionalInterface
  interface Place extends AutoCloseable {
    @Override
    void close();
  }

  /// Waits for a place: first among the user's own, so that one user's crowd does not hold up
  /// others.
  ///
  /// @param deadline of [System#nanoTime()]
  Place take(int uid, long deadline) throws CodeRefusedException {
    Share share = enter(uid);
    boolean mine = false;
    boolean all = false;
    try {
      mine = share.free.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      all = mine && total.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (all) {
      return () -> giveBack(uid, share);
    }
    if (mine) {
      share.free.release();
    }
    leave(uid, share);
    throw CodeRefusedException.notNow(
        "too many trees of code are being measured at once", new TimeoutException());
  }

  private void giveBack(int uid, Share share) {
    total.release();
    share.free.release();
    leave(uid, share);
  }

  private synchronized Share enter(int uid) {
    Share share = shares.computeIfAbsent(uid, any -> new Share(limits.perUser()));
    share.interested++;
    return share;
  }

  private synchronized void leave(int uid, Share share) {
    share.interested--;
    if (share.interested == 0) {
      shares.remove(uid);
    }
  }
}
