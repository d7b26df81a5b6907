package dev.credence.attestors.code;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// How many trees are read at once, in total and for each user: nobody takes all. Thread-safe.
///
/// A place is a user's own, from the first look at a path on: a file system can make that last for
/// ever. Of those for all only who holds what it reads takes one, a turn, for no longer than it
/// reads; so what hangs holds up nobody else.
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

  /// The right to read one tree; given back once, by the thread that reads.
  interface Place extends AutoCloseable {
    /// Waits for a turn, until the deadline of the place.
    CodeReading.Turn turn() throws CodeRefusedException;

    @Override
    void close();
  }

  private final class Taken implements Place {
    private final int uid;
    private final Share share;
    private final long deadline;

    Taken(int uid, Share share, long deadline) {
      this.uid = uid;
      this.share = share;
      this.deadline = deadline;
    }

    @Override
    public CodeReading.Turn turn() throws CodeRefusedException {
      if (!acquire(total, deadline)) {
        throw tooMany();
      }
      return total::release;
    }

    @Override
    public void close() {
      share.free.release();
      leave(uid, share);
    }
  }

  /// Waits for a place among the user's own.
  ///
  /// @param deadline of [System#nanoTime()]
  Place take(int uid, long deadline) throws CodeRefusedException {
    Share share = enter(uid);
    if (acquire(share.free, deadline)) {
      return new Taken(uid, share, deadline);
    }
    leave(uid, share);
    throw tooMany();
  }

  private static boolean acquire(Semaphore free, long deadline) {
    try {
      return free.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static CodeRefusedException tooMany() {
    return CodeRefusedException.notNow(
        "too many trees of code are being measured at once", new TimeoutException());
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
