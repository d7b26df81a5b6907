package dev.credence.server.core;

import dev.credence.certs.Printable;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Event;
import dev.credence.server.core.model.Page;
import dev.credence.server.core.port.Events;
import dev.credence.server.core.port.View;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Pages of what asked for an identity in vain. Every page counts the same range of events, which
/// the first one has fixed, so the pages fit together whatever happens meanwhile. Stateless.
final class UnregisteredList {
  /// Of more events in the range, the newest are counted.
  static final int MOST_EVENTS = 50_000;

  private static final int AT_ONCE = 1_000;
  private static final Pattern TOKEN =
      Pattern.compile("([0-9]{1,18})\\.([0-9]{1,18})\\.([0-9]{1,9})");

  private UnregisteredList() {}

  /// Which events are counted, and what was told already.
  ///
  /// @param after only higher numbers
  /// @param last none higher
  /// @param told rows of the pages before
  private record Range(long after, long last, int told) {
    String next(int more) {
      return Texts.format("%s.%s.%s", after, last, told + more);
    }
  }

  /// @param filter its kind is the unregistered ones'
  static UnregisteredView.Rows page(View view, Events.Filter filter, Page.Request page)
      throws ServerException {
    Range range = page.after().isPresent() ? range(page.after().get()) : range(view, filter);
    var count = new UnregisteredCount();
    Optional<Instant> first = count(view, filter, range, count);
    List<UnregisteredView> rows = count.rows().stream().skip(range.told).toList();
    boolean more = rows.size() > page.size();
    return new UnregisteredView.Rows(
        rows.stream().limit(page.size()).toList(),
        more ? Optional.of(range.next(page.size())) : Optional.empty(),
        range.after > filter.after() ? first : Optional.empty());
  }

  private static Range range(View view, Events.Filter filter) {
    return new Range(
        Math.max(filter.after(), view.events().beforeNewest(filter, MOST_EVENTS)),
        view.events().last(),
        0);
  }

  private static Range range(String token) throws ServerException {
    Matcher parts = TOKEN.matcher(token);
    if (!parts.matches()) {
      throw new ServerException(
          Kind.INVALID,
          Texts.format(
              "page token: %s (expected: the one of the page before)", Printable.quoted(token)));
    }
    return new Range(
        Long.parseLong(parts.group(1)),
        Long.parseLong(parts.group(2)),
        Integer.parseInt(parts.group(3)));
  }

  /// The time of the first event counted. A token can be made up: never more than the limit.
  private static Optional<Instant> count(
      View view, Events.Filter filter, Range range, UnregisteredCount count) {
    Optional<Instant> first = Optional.empty();
    long after = range.after;
    for (int counted = 0; counted < MOST_EVENTS; counted += AT_ONCE) {
      List<Event> events = view.events().list(filter.after(after), AT_ONCE);
      for (Event event : events) {
        if (event.number() > range.last) {
          return first;
        }
        count.add(event);
        first = first.isPresent() ? first : Optional.of(event.at());
      }
      if (events.size() < AT_ONCE) {
        return first;
      }
      after = events.getLast().number();
    }
    return first;
  }
}
