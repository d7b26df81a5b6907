package dev.credence.attestors.linux;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Limits how many files are read at once, in total and for each user, and how many readings may
/// hang. Thread-safe.
final class HashPlaces {
  private final HashLimits limits;
  private final Semaphore total;
  private final Map<Integer, UserPlaces> users = new HashMap<>();
  private int overdue;

  HashPlaces(HashLimits limits) {
    this.limits = limits;
    this.total = new Semaphore(limits.atOnce(), true);
  }

  private static final class UserPlaces {
    private final Semaphore free;
    private int interested;
    private int overdue;

    UserPlaces(int places) {
      this.free = new Semaphore(places, true);
    }
  }

  /// A right to read one file; given back by closing it, once.
  interface Place extends AutoCloseable {
    /// Nobody waits for this reading any more. It stays one of its user's, but takes no place from
    /// others: whoever can hold up two readings would otherwise hold up everybody's, for good. Its
    /// thread may hang for good, though, so it counts among those that do.
    void overdue();

    @Override
    void close();
  }

  private enum State {
    AWAITED,
    OVERDUE,
    DONE
  }

  private final class Taken implements Place {
    private final int uid;
    private final UserPlaces user;
    private State state = State.AWAITED;

    Taken(int uid, UserPlaces user) {
      this.uid = uid;
      this.user = user;
    }

    @Override
    public void overdue() {
      if (become(State.OVERDUE) == State.AWAITED) {
        total.release();
      }
    }

    @Override
    public void close() {
      if (become(State.DONE) == State.AWAITED) {
        total.release();
      }
      user.free.release();
      leave(uid, user);
    }

    /// @return what it was
    private State become(State next) {
      synchronized (HashPlaces.this) {
        State before = state;
        if (before == State.AWAITED && next == State.OVERDUE) {
          overdue++;
          user.overdue++;
        } else if (before == State.OVERDUE && next == State.DONE) {
          overdue--;
          user.overdue--;
        }
        state = before == State.DONE ? State.DONE : next;
        return before;
      }
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
    boolean hang = all && tooManyHang(user);
    if (all && !hang) {
      return new Taken(uid, user);
    }
    if (all) {
      total.release();
    }
    if (mine) {
      user.free.release();
    }
    leave(uid, user);
    throw HashRefusedException.notNow(
        hang
            ? "too many readings hang (on file systems or memory that do not answer)"
            : "too many files are being read at once",
        new TimeoutException());
  }

  /// Each has a thread. One user may have many uids (user namespaces): so who has a reading that
  /// hangs is refused long before everybody is. Asked by who has a place: so there are never more
  /// than twice the limit and those that are awaited.
  private synchronized boolean tooManyHang(UserPlaces user) {
    return overdue >= limits.overdue() && (user.overdue > 0 || overdue / 2 >= limits.overdue());
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
