package dev.credence.server.core;

import dev.credence.server.core.model.Event;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.port.Events;
import dev.credence.server.core.port.View;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/// One reader of new events. One thread at a time may pull. Closing it is idempotent.
public final class EventFollower implements AutoCloseable {
  private static final int AT_ONCE = 200;

  private final EventFeed feed;
  private final Looking looking;
  private final Events.Filter filter;
  private final Runnable changed;
  // Set while the reader was told that there is nothing: so each commit wakes it at most once.
  private final AtomicBoolean waiting = new AtomicBoolean();
  private volatile boolean over;
  private long after;

  EventFollower(EventFeed feed, Looking looking, Events.Filter filter, Runnable changed) {
    this.feed = feed;
    this.looking = looking;
    this.filter = filter;
    this.after = filter.after();
    this.changed = changed;
  }

  /// The next events, at most 200, in order; empty: none now, `changed` will be called.
  public List<EventView> next() throws ServerException {
    while (true) {
      long last = feed.last();
      if (after >= last) {
        waiting.set(true);
        // Looked at again after it was set: a commit in between would have told nobody.
        if (after >= feed.last()) {
          return List.of();
        }
        continue;
      }
      List<EventView> found = read();
      // Fewer than asked for: nothing up to `last` is left, whatever the filter.
      after = found.size() < AT_ONCE ? Math.max(last, number(found)) : number(found);
      if (!found.isEmpty()) {
        return found;
      }
    }
  }

  private static long number(List<EventView> events) {
    return events.isEmpty() ? 0 : events.getLast().event().number();
  }

  private List<EventView> read() throws ServerException {
    var rest = filter.after(after);
    return looking.read(
        Right.LOOK_AT_OWN,
        (view, reach) -> visible(view, reach, view.events().list(rest, AT_ONCE)));
  }

  // What was its own when it began to follow may have another owner by now.
  private List<EventView> visible(View view, Reach reach, List<Event> events)
      throws ServerException {
    Optional<Subject> subject = filter.subject().flatMap(id -> view.subjects().find(id));
    if (subject.isEmpty() || !reach.covers(subject.get())) {
      reach.requireWhole("what is followed has another owner by now");
    }
    return Views.events(view, events);
  }

  /// True once the server stops: end the stream.
  public boolean isOver() {
    return over;
  }

  void end() {
    over = true;
    changed.run();
  }

  void signal() {
    if (waiting.compareAndSet(true, false)) {
      changed.run();
    }
  }

  @Override
  public void close() {
    feed.forget(this);
  }
}
