package dev.credence.server.store;

import dev.credence.certs.Id;
import dev.credence.server.core.model.Event;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.NewEvent;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.port.Events;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The table `event`. Numbers are given here, inside the transaction, which is the only one that
/// writes: the highest plus one, without gaps. After a restore without the database that was
/// replaced they go on much higher, so that none is given twice.
final class SqlEvents implements Events {
  private static final int MOST = 1000;

  private static final String COLUMNS =
      "number, at_ns, kind, actor, owner_id, subject_id, node_id, execution_id, details, request_id";

  private static final String NEWEST =
      "SELECT number, latest_ns FROM event ORDER BY number DESC LIMIT 1";

  private static final String INSERT =
      """
      INSERT INTO event (
        number, at_ns, latest_ns, kind, actor, owner_id, subject_id, node_id, execution_id, details, request_id)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)\
      """;

  private static final String LATEST =
      "SELECT latest_ns FROM event WHERE number <= ? ORDER BY number DESC LIMIT 1";

  /// Most events are of these kinds, so a walk along the numbers meets them soon. Those of the
  /// other kinds have an index, which each issuance would otherwise pay for with two pages of its
  /// commit.
  private static final String RARE =
      "AND kind NOT IN ('execution-began', 'execution-ended', 'svid-issued') ";

  private static final Set<EventKind> FREQUENT =
      Set.of(EventKind.EXECUTION_BEGAN, EventKind.EXECUTION_ENDED, EventKind.SVID_ISSUED);

  private static final String NEWEST_ABOUT =
      "SELECT at_ns FROM (SELECT number, at_ns, owner_id, subject_id, node_id FROM event WHERE kind = ? "
          + RARE
          + "ORDER BY number DESC LIMIT 2000) AS newest"
          + " WHERE owner_id = ? OR subject_id = ? OR node_id = ? ORDER BY number DESC LIMIT 1";

  private final SqlConnection connection;

  SqlEvents(SqlConnection connection) {
    this.connection = connection;
  }

  @Override
  public Event append(NewEvent event, Instant at) {
    return append(event, at, 1);
  }

  /// As [#append], under a number so many after the last one: the numbers between were given by a
  /// database that is lost.
  Event append(NewEvent event, Instant at, long step) {
    Newest newest = newest();
    long number = newest.number() + step;
    long nanos = Times.nanos(at);
    connection
        .keeping(INSERT)
        .number(number)
        .number(nanos)
        .number(Math.max(nanos, newest.latest()))
        .text(event.kind().label())
        .text(ActorText.of(event.actor()))
        .maybeId(event.about().owner())
        .maybeId(event.about().subject())
        .maybeId(event.about().node())
        .maybeId(event.about().execution())
        .text(Texts.ofMap(event.details()))
        .maybeId(event.request().map(RequestId::value))
        .run();
    connection.remember(NEWEST, new Newest(number, Math.max(nanos, newest.latest())));
    connection.appended(nanos);
    return new Event(number, at, event);
  }

  @Override
  public long last() {
    return newest().number();
  }

  @Override
  public List<Event> list(Filter filter, int limit) {
    if (limit < 1 || limit > MOST) {
      throw new IllegalArgumentException("events: " + limit + " (expected: 1 to " + MOST + ")");
    }
    long after = Math.max(filter.after(), filter.since().map(this::lastBefore).orElse(0L));
    SqlStatement query = connection.sql(select(filter)).number(after);
    filter.since().ifPresent(query::time);
    filter.kind().ifPresent(kind -> query.text(kind.label()));
    filter.subject().ifPresent(query::id);
    filter.node().ifPresent(query::id);
    return query.number(limit).all(SqlEvents::event);
  }

  @Override
  public List<Event> ofKinds(long after, Set<EventKind> kinds, int limit) {
    if (limit < 1 || limit > MOST || kinds.isEmpty()) {
      throw new IllegalArgumentException(
          "events: " + limit + " of " + kinds.size() + " kinds (expected: 1 to " + MOST + ")");
    }
    String marks = String.join(", ", Collections.nCopies(kinds.size(), "?"));
    SqlStatement query =
        connection
            .sql(
                "SELECT "
                    + COLUMNS
                    + " FROM event WHERE number > ? AND kind IN ("
                    + marks
                    + ") ORDER BY number LIMIT ?")
            .number(after);
    kinds.forEach(kind -> query.text(kind.label()));
    return query.number(limit).all(SqlEvents::event);
  }

  @Override
  public Optional<Instant> newest(EventKind kind, Id about) {
    if (FREQUENT.contains(kind)) {
      throw new IllegalArgumentException(
          "event kind " + kind.label() + " (expected: one of which there are few)");
    }
    return connection
        .sql(NEWEST_ABOUT)
        .text(kind.label())
        .id(about)
        .id(about)
        .id(about)
        .one(SqlRow::time);
  }

  private static String select(Filter filter) {
    return "SELECT " + COLUMNS + " FROM event " + where(filter) + "ORDER BY number LIMIT ?";
  }

  private static String where(Filter filter) {
    return "WHERE number > ? "
        // Later numbers need not be of later times.
        + (filter.since().isPresent() ? "AND at_ns >= ? " : "")
        + (filter.kind().isPresent() ? "AND kind = ? " : "")
        + (filter.kind().filter(kind -> !FREQUENT.contains(kind)).isPresent() ? RARE : "")
        + (filter.subject().isPresent() ? "AND subject_id = ? " : "")
        + (filter.node().isPresent() ? "AND node_id = ? " : "");
  }

  /// The last number up to which all events are of earlier times. Found by halving: [Newest#latest]
  /// rises with the numbers. Only a restore that lost the newest events leaves numbers out.
  private long lastBefore(Instant since) {
    long before = 0;
    long at = newest().number() + 1;
    while (at - before > 1) {
      long middle = before + (at - before) / 2;
      Optional<Instant> latest = connection.sql(LATEST).number(middle).one(SqlRow::time);
      if (latest.map(it -> it.isBefore(since)).orElse(true)) {
        before = middle;
      } else {
        at = middle;
      }
    }
    return before;
  }

  private Newest newest() {
    return connection
        .remember(
            NEWEST,
            "",
            () -> connection.sql(NEWEST).one(row -> new Newest(row.number(), row.number())))
        .orElse(new Newest(0, Long.MIN_VALUE));
  }

  private static Event event(SqlRow row) throws SQLException {
    long number = row.number();
    Instant at = row.time();
    return new Event(
        number,
        at,
        new NewEvent(
            kind(row.text()),
            ActorText.parse(row.text()),
            new NewEvent.About(row.maybeId(), row.maybeId(), row.maybeId(), row.maybeId()),
            Texts.map(row.text()),
            row.maybeId().map(RequestId::new)));
  }

  private static EventKind kind(String label) {
    return EventKind.of(label)
        .orElseThrow(() ->
            new IllegalArgumentException("event kind \"" + label + "\" (expected: a known one)"));
  }

  /// @param latest highest time of all events
  private record Newest(long number, long latest) {}
}
