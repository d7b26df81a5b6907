package dev.credence.server.core;

import dev.credence.server.core.port.Events;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// Lets readers follow the events as they are committed. They pull from the store, and are told
/// when there is something: nothing is kept for them. Thread-safe.
public final class EventFeed {
  private final Set<EventFollower> followers = ConcurrentHashMap.newKeySet();
  private final AtomicLong last;
  private final CoreMetrics metrics;

  EventFeed(long last, CoreMetrics metrics) {
    this.last = new AtomicLong(last);
    this.metrics = metrics;
  }

  /// Past events from the filter's `after` on, then new ones.
  ///
  /// @param changed called by any thread, must be cheap: [EventFollower#next()] may have something
  EventFollower follow(Events.Filter filter, Looking looking, Runnable changed) {
    var follower = new EventFollower(this, looking, filter, changed);
    followers.add(follower);
    return follower;
  }

  /// An event was committed, or is known to have been.
  void committed(long number) {
    long newest = last.accumulateAndGet(number, Math::max);
    metrics.eventNumber(newest);
    followers.forEach(EventFollower::signal);
  }

  long last() {
    return last.get();
  }

  void forget(EventFollower follower) {
    followers.remove(follower);
  }

  /// How many follow.
  int followers() {
    return followers.size();
  }

  /// All that follow, for the end.
  List<EventFollower> all() {
    return List.copyOf(followers);
  }
}
