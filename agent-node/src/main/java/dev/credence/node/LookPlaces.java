package dev.credence.node;

import io.grpc.Status;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Limits how many questions of people are answered at once, in total and for each user: the answer
/// takes reading everything of a process, which a registration rarely names. Thread-safe.
final class LookPlaces {
  static final int TOTAL = 8;
  static final int PER_USER = 2;

  // Guarded by this object.
  private final Map<Integer, Integer> taken = new HashMap<>();
  private int all;

  /// A right to be answered; given back by closing it, once.
  @FunctionalInterface
  interface Place extends AutoCloseable {
    @Override
    void close();
  }

  /// Empty: too many are being answered.
  synchronized Optional<Place> take(int uid) {
    int of = taken.getOrDefault(uid, 0);
    // Of root there is always room for one more: it asks what holds up the others.
    boolean room = of < PER_USER && (all < TOTAL || uid == 0);
    if (!room) {
      return Optional.empty();
    }
    taken.put(uid, of + 1);
    all++;
    return Optional.of(() -> giveBack(uid));
  }

  private synchronized void giveBack(int uid) {
    taken.computeIfPresent(uid, (_, of) -> of == 1 ? null : of - 1);
    all--;
  }

  static Status full() {
    return Status.RESOURCE_EXHAUSTED.withDescription(
        Text.of(
            "too many processes are being looked at (expected: at most %d at once of one user, %d in all); try again",
            PER_USER, TOTAL));
  }
}
