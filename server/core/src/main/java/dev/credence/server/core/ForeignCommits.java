package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.Bar;
import dev.credence.server.core.model.Event;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.port.Store;
import dev.credence.server.core.port.StoreException;
import dev.credence.server.core.port.View;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps what this server holds in memory in step with what other servers commit to the same
/// database: the registry, the events, the authorities, and what was decided about executions and
/// nodes that are connected here. It asks the database what is newer than what is known, in order,
/// so a hint that is lost or comes twice does no harm. A thread of its own; where nobody else
/// writes, there is none.
final class ForeignCommits implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ForeignCommits.class);
  private static final int EVENTS_AT_ONCE = 1_000;
  private static final Set<EventKind> OF_AUTHORITIES =
      EnumSet.of(
          EventKind.AUTHORITY_CREATED,
          EventKind.AUTHORITY_PREPARED,
          EventKind.AUTHORITY_ACTIVATED,
          EventKind.AUTHORITY_TAINTED,
          EventKind.AUTHORITY_REVOKED);
  private static final Set<EventKind> FOLLOWED = EnumSet.copyOf(OF_AUTHORITIES);

  static {
    FOLLOWED.addAll(
        EnumSet.of(
            EventKind.EXECUTION_ENDED,
            EventKind.NODE_SUSPENDED,
            EventKind.NODE_BANNED,
            EventKind.NODE_EVICTED,
            EventKind.BAR_SET,
            EventKind.BAR_LIFTED));
  }

  private final Store store;
  private final Registry registry;
  private final EventFeed events;
  private final Effects effects;
  private final Hint hint;
  private long eventsSeen;

  /// What else follows.
  interface Effects {
    /// Somebody ended an execution on that node.
    void ended(Id node, Push.Ended execution);

    /// Somebody took that node out of service.
    void shutOut(Id node);

    /// A bar was set or lifted on that node; these are in force.
    void bars(Id node, List<Bar> inForce);

    /// Another server wrote something: what was only counted here is not known any more.
    ///
    /// @param authorities an authority changed
    void somethingChanged(boolean authorities);

    /// The database is another one than before: load everything.
    void reload();
  }

  /// Says that there may be something. Any thread; cheap.
  static final class Hint {
    private final Semaphore given = new Semaphore(0);

    void give() {
      given.release();
    }

    private void await() throws InterruptedException {
      given.acquire();
      int _ = given.drainPermits();
    }
  }

  /// @param eventsSeen the last event before the state of this server was loaded
  ForeignCommits(
      Store store,
      Registry registry,
      EventFeed events,
      Hint hint,
      Effects effects,
      long eventsSeen) {
    this.store = store;
    this.registry = registry;
    this.events = events;
    this.hint = hint;
    this.effects = effects;
    this.eventsSeen = eventsSeen;
  }

  private volatile boolean closed;

  ForeignCommits start() {
    Thread _ = Thread.ofVirtual().name("foreign-commits").start(this::work);
    return this;
  }

  private void work() {
    try {
      while (!closed) {
        hint.await();
        if (!closed) {
          tryCatchUp();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tryCatchUp() {
    try {
      catchUp();
    } catch (StoreException e) {
      // The store hints again when it can be read.
      LOG.atWarn().setCause(e).log("what other servers committed cannot be read yet");
    } catch (RuntimeException | Error e) {
      // Whatever it was: who does not follow any more serves what others have forbidden.
      LOG.error("what other servers committed was not followed", e);
    }
  }

  private record News(
      Id epoch,
      long number,
      List<RegistryChange> changes,
      long lastEvent,
      List<Event> told,
      Map<Id, List<Bar>> bars) {
    boolean ofAuthorities() {
      return told.stream().anyMatch(event -> OF_AUTHORITIES.contains(event.what().kind()));
    }
  }

  private void catchUp() {
    RegistrySnapshot known = registry.current();
    News news = store.read(view -> look(view, known));
    if (!news.epoch.equals(known.epoch())) {
      eventsSeen = news.lastEvent;
      effects.reload();
      return;
    }
    if (news.number > known.number() || news.lastEvent > eventsSeen) {
      // Not `events.last()`: this server's own commits raise that, past those of others before
      // them.
      effects.somethingChanged(news.ofAuthorities());
    }
    registry.catchUp(news.number, news.changes);
    news.bars.forEach(effects::bars);
    news.told.forEach(this::tell);
    boolean more = news.told.size() == EVENTS_AT_ONCE;
    eventsSeen = more ? news.told.getLast().number() : Math.max(eventsSeen, news.lastEvent);
    events.committed(news.lastEvent);
    if (more) {
      hint.give();
    }
  }

  private News look(View view, RegistrySnapshot known) {
    long number = view.meta().registryNumber();
    long last = view.events().last();
    List<Event> told =
        last > eventsSeen ? view.events().ofKinds(eventsSeen, FOLLOWED, EVENTS_AT_ONCE) : List.of();
    return new News(
        view.meta().epoch(),
        number,
        number > known.number() ? changes(view, known, number) : List.of(),
        last,
        told,
        bars(view, told));
  }

  private static Map<Id, List<Bar>> bars(View view, List<Event> told) {
    Map<Id, List<Bar>> bars = new HashMap<>();
    for (Event event : told) {
      EventKind kind = event.what().kind();
      if (kind == EventKind.BAR_SET || kind == EventKind.BAR_LIFTED) {
        event
            .what()
            .about()
            .node()
            .ifPresent(node -> bars.computeIfAbsent(node, view.bars()::inForceOn));
      }
    }
    return bars;
  }

  /// Usually each number is the revision of one subject. Where it isn't (an owner was suspended, a
  /// subject changed twice), everything is compared.
  private static List<RegistryChange> changes(View view, RegistrySnapshot known, long number) {
    List<Subject> changed = view.subjects().changedAfter(known.number());
    if (changed.size() != number - known.number()) {
      return known.differences(RegistrySnapshot.load(view));
    }
    List<RegistryChange> changes = new ArrayList<>();
    for (Subject subject : changed) {
      changes.add(
          new RegistryChange(
              subject.revision(), subject.id(), RegistrySnapshot.entries(view, subject)));
    }
    return changes;
  }

  private void tell(Event event) {
    Optional<Id> node = event.what().about().node();
    switch (event.what().kind()) {
      case EXECUTION_ENDED -> tellEnd(event);
      case NODE_SUSPENDED, NODE_BANNED, NODE_EVICTED -> node.ifPresent(effects::shutOut);
      default -> {
        // Followed as a whole.
      }
    }
  }

  private void tellEnd(Event end) {
    var about = end.what().about();
    if (about.node().isEmpty() || about.execution().isEmpty()) {
      return;
    }
    Id node = about.node().get();
    // What the node ended itself it knows.
    if (!end.what().actor().equals(new Actor.Node(node))) {
      String reason = end.what().details().getOrDefault("reason", "ended");
      effects.ended(node, new Push.Ended(about.execution().get(), reason));
    }
  }

  /// Ends the thread. Idempotent.
  @Override
  public void close() {
    closed = true;
    hint.give();
  }
}
