package dev.credence.server.store;

import dev.credence.server.core.model.Event;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.NewEvent;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.port.Events;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/// The table `event`. Numbers are given here, inside the transaction, which is the only one that
/// writes: the highest plus one, without gaps.
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

  /// Earlier numbers are all of earlier times; later ones need not be of later times, hence the
  /// second condition.
  private static final String SINCE =
      """
      AND number >= (SELECT e.number FROM event e WHERE e.latest_ns >= ? ORDER BY e.latest_ns, e.number LIMIT 1)
      AND at_ns >= ?
      """;

  private final SqlConnection connection;

  SqlEvents(SqlConnection connection) {
    this.connection = connection;
  }

  @Override
  public Event append(NewEvent event, Instant at) {
    Newest newest = newest();
    long number = newest.number() + 1;
    long nanos = Times.nanos(at);
    connection
        .sql(INSERT)
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
    SqlStatement query = connection.sql(select(filter)).number(filter.after());
    filter.since().ifPresent(since -> query.time(since).time(since));
    filter.kind().ifPresent(kind -> query.text(kind.label()));
    filter.subject().ifPresent(query::id);
    return query.number(limit).all(SqlEvents::event);
  }

  private static String select(Filter filter) {
    return "SELECT "
        + COLUMNS
        + " FROM event WHERE number > ? "
        + (filter.since().isPresent() ? SINCE : "")
        + (filter.kind().isPresent() ? "AND kind = ? " : "")
        + (filter.subject().isPresent() ? "AND subject_id = ? " : "")
        + "ORDER BY number LIMIT ?";
  }

  private Newest newest() {
    return connection
        .sql(NEWEST)
        .one(row -> new Newest(row.number(), row.number()))
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
