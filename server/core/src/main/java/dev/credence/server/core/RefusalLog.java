package dev.credence.server.core;

import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.NewEvent;
import dev.credence.server.core.model.NewEvent.About;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes each refusal an event, in a transaction of its own. The first of a caller and reason is
/// written before the caller hears of it; further ones are counted, and written as one event each
/// 10 seconds. The table is bounded: callers beyond it are counted together. Thread-safe.
final class RefusalLog {
  /// How often [#flush()] is meant to run.
  static final Duration WINDOW = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);
  private static final int MOST_KEYS = 10_000;
  // Strangers come from as many addresses as they like.
  private static final int MOST_STRANGERS = 100;
  private static final int MOST_OF_ONE_CALLER = 200;
  // One address must not use up the strangers' places by varying what it sends.
  private static final int MOST_OF_ONE_STRANGER = 8;
  private static final String OTHER_REASONS = "other reasons";
  private static final String DRY_RUN = "dry-run";
  private static final Actor OTHERS = new Actor.Anonymous("others");
  private static final int EVENTS_PER_COMMIT = 500;
  // One by one after a group failed: with more in a row it is the database, not what is written.
  private static final int MOST_FAILURES = 8;

  private final Database database;
  private final Journal journal;
  private final CoreMetrics metrics;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Key, Counted> table = new HashMap<>();
  private final Map<String, Integer> keysOf = new HashMap<>();
  private int strangers;

  RefusalLog(Database database, Journal journal, CoreMetrics metrics) {
    this.database = database;
    this.journal = journal;
    this.metrics = metrics;
  }

  /// What is counted together.
  record Key(String caller, String operation, String reason) {}

  /// Something that can be refused.
  @FunctionalInterface
  interface Attempt<T> {
    T run() throws ServerException;
  }

  private static final class Counted {
    private final NewEvent first;
    private long pending;

    Counted(NewEvent first) {
      this.first = first;
    }

    // Counts are told by nodes: what went below zero could never be written.
    private void add(long count) {
      pending = pending > Long.MAX_VALUE - count ? Long.MAX_VALUE : pending + count;
    }
  }

  /// Runs it; a refusal is recorded, and thrown on.
  <T> T watch(Actor actor, String operation, About about, Attempt<T> attempt)
      throws ServerException {
    try {
      return attempt.run();
    } catch (ServerException e) {
      metrics.refused(e.kind());
      if (isEvent(e.kind())) {
        record(actor, operation, about, e);
      }
      throw e;
    }
  }

  /// Runs what only looks; only that somebody may not is recorded, and thrown on.
  <T> T watchLook(Actor actor, String operation, Attempt<T> attempt) throws ServerException {
    return watchQuestion(attempt, e -> record(actor, operation, About.nothing(), e));
  }

  /// The same of what only asks what the operation would do. Its event says so, and is counted
  /// apart: a question must look like no attempt, and hide none.
  <T> T watchDryRun(Actor actor, String operation, Attempt<T> attempt) throws ServerException {
    return watchQuestion(
        attempt,
        e ->
            record(
                new Key(actor.label(), operation, DRY_RUN + " " + reason(actor, e)),
                details(operation, e)
                    .and(DRY_RUN, "true")
                    .event(EventKind.REFUSED, actor, About.nothing()),
                1));
  }

  private <T> T watchQuestion(Attempt<T> attempt, Consumer<ServerException> refused)
      throws ServerException {
    try {
      return attempt.run();
    } catch (ServerException e) {
      if (e.kind() == Kind.REFUSED) {
        metrics.refused(e.kind());
        refused.accept(e);
      }
      throw e;
    }
  }

  private void record(Actor actor, String operation, About about, ServerException e) {
    record(
        new Key(actor.label(), operation, reason(actor, e)),
        details(operation, e).event(EventKind.REFUSED, actor, about),
        1);
  }

  private static Details details(String operation, ServerException e) {
    return Details.of("operation", operation)
        .and("error", e.kind().name())
        .and("reason", e.detail());
  }

  /// A stranger's refusals are told apart by what was wrong: behind one address, one key on a used
  /// token must not hide another. Who is known is counted by kind: its messages name its values.
  private static String reason(Actor actor, ServerException e) {
    return actor instanceof Actor.Anonymous ? e.kind().name() + ": " + e.detail() : e.kind().name();
  }

  // To be behind, or to come at the wrong moment, is no offence.
  private static boolean isEvent(Kind kind) {
    return kind != Kind.STALE && kind != Kind.UNAVAILABLE;
  }

  /// Records `count` occurrences of the same, at least 1.
  void record(Key key, NewEvent event, long count) {
    Key place = place(key, event);
    NewEvent shown = place.equals(key) ? event : lessOf(event, place);
    if (isFirst(place, shown, count) && !write(List.of(counted(shown, count)))) {
      addPending(place, count);
    }
  }

  private boolean isFirst(Key key, NewEvent event, long count) {
    lock.lock();
    try {
      Counted known = table.get(key);
      if (known != null) {
        known.add(count);
        return false;
      }
      table.put(key, new Counted(event));
      keysOf.merge(key.caller(), 1, Integer::sum);
      strangers += isStranger(event) ? 1 : 0;
      return true;
    } finally {
      lock.unlock();
    }
  }

  private static boolean isStranger(NewEvent event) {
    return event.actor() instanceof Actor.Anonymous;
  }

  /// Under its own key while there is room, else together with the caller's other ones, or with all
  /// others that do the same.
  private Key place(Key key, NewEvent event) {
    lock.lock();
    try {
      if (table.containsKey(key)) {
        return key;
      }
      if (table.size() >= MOST_KEYS || (isStranger(event) && strangers >= MOST_STRANGERS)) {
        return new Key(OTHERS.label(), key.operation(), "");
      }
      int most = isStranger(event) ? MOST_OF_ONE_STRANGER : MOST_OF_ONE_CALLER;
      boolean room = keysOf.getOrDefault(key.caller(), 0) < most;
      return room ? key : new Key(key.caller(), key.operation(), OTHER_REASONS);
    } finally {
      lock.unlock();
    }
  }

  /// What is true of all that are counted together.
  private static NewEvent lessOf(NewEvent event, Key place) {
    String operation = event.details().getOrDefault("operation", "");
    if (place.reason().equals(OTHER_REASONS)) {
      return Details.of("operation", operation)
          .and("reason", OTHER_REASONS)
          .event(EventKind.REFUSED, event.actor(), About.nothing());
    }
    return Details.of("operation", operation).event(event.kind(), OTHERS, About.nothing());
  }

  private void addPending(Key key, long count) {
    lock.lock();
    try {
      Counted known = table.get(key);
      if (known != null) {
        known.add(count);
      }
    } finally {
      lock.unlock();
    }
  }

  /// Writes what was counted since the last time, and forgets who was quiet. Never throws.
  void flush() {
    Map<Key, NewEvent> due = takeDue();
    var keys = new ArrayList<>(due.keySet());
    for (int from = 0; from < keys.size(); from += EVENTS_PER_COMMIT) {
      List<Key> part = keys.subList(from, Math.min(keys.size(), from + EVENTS_PER_COMMIT));
      if (!write(part.stream().map(due::get).toList())) {
        writeAlone(part, due);
      }
    }
  }

  /// What cannot be written must not keep the others of its group from it.
  private void writeAlone(List<Key> keys, Map<Key, NewEvent> due) {
    int failures = 0;
    for (Key key : keys) {
      NewEvent event = due.get(key);
      if (event == null || (failures < MOST_FAILURES && write(List.of(event)))) {
        failures = 0;
      } else {
        failures++;
        addPending(key, countOf(event));
      }
    }
  }

  private Map<Key, NewEvent> takeDue() {
    Map<Key, NewEvent> due = new HashMap<>();
    lock.lock();
    try {
      table.values().removeIf(counted -> counted.pending == 0);
      strangers = (int) table.values().stream().filter(it -> isStranger(it.first)).count();
      keysOf.clear();
      table.keySet().forEach(key -> keysOf.merge(key.caller(), 1, Integer::sum));
      table.forEach((key, counted) -> {
        due.put(key, counted(counted.first, counted.pending));
        counted.pending = 0;
      });
    } finally {
      lock.unlock();
    }
    return due;
  }

  private static NewEvent counted(NewEvent event, long count) {
    Map<String, String> details = new TreeMap<>(event.details());
    details.put("count", Long.toString(count));
    return new NewEvent(event.kind(), event.actor(), event.about(), details, event.request());
  }

  private static long countOf(NewEvent event) {
    return Long.parseLong(event.details().getOrDefault("count", "1"));
  }

  private boolean write(List<NewEvent> events) {
    try {
      return database.write(tx -> {
        events.forEach(event -> journal.append(tx, event, database.now()));
        return true;
      });
    } catch (ServerException e) {
      LOG.atWarn()
          .setCause(e)
          .addKeyValue("events", events.size())
          .log("refusals not yet recorded");
      return false;
    }
  }
}
