package dev.credence.node;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;

/// Has what is served of a user looked at as soon as the kernel says that a process has become that
/// user: whoever runs beside an agent under its user id may read its memory. At once, and then at
/// most once in a while: a user with ids to spare becomes itself as often as it likes, and has many
/// processes that are served. Thread-safe.
final class Newcomers {
  /// Longer than a reading of who runs under a user id is kept.
  static final Duration WHILE = Duration.ofMillis(1100);

  private final IntPredicate served;
  private final IntConsumer look;
  private final Timers timers;
  // By user: whether one has come since the last look. Guarded by itself.
  private final Map<Integer, Boolean> looked = new HashMap<>();

  /// @param served whether any process of this user is; cheap
  /// @param look has them looked at; never blocks
  Newcomers(IntPredicate served, IntConsumer look, Timers timers) {
    this.served = served;
    this.look = look;
    this.timers = timers;
  }

  /// Cheap: told of every process of the machine that becomes another user. Never blocks.
  ///
  /// @param uid unsigned
  void joined(int uid) {
    if (served.test(uid) && isFirst(uid)) {
      look(uid);
    }
  }

  private boolean isFirst(int uid) {
    synchronized (looked) {
      return looked.put(uid, looked.containsKey(uid)) == null;
    }
  }

  private void look(int uid) {
    // First: should the look fail, this user is looked at again all the same.
    var _ = timers.after(WHILE, () -> again(uid));
    look.accept(uid);
  }

  private void again(int uid) {
    if (hasAnotherCome(uid)) {
      look(uid);
    }
  }

  private boolean hasAnotherCome(int uid) {
    synchronized (looked) {
      boolean come = looked.getOrDefault(uid, false);
      if (come) {
        looked.put(uid, false);
      } else {
        looked.remove(uid);
      }
      return come;
    }
  }
}
