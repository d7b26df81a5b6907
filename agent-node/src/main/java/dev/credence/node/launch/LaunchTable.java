package dev.credence.node.launch;

import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The programs that this node has started and that run. Thread-safe.
public final class LaunchTable {
  private final Map<Integer, Row> byPid = new ConcurrentHashMap<>();
  private final Clock clock;

  /// @param spoiled what was seen of it once, and when, for people; it has nothing of its launch
  ///   any more
  private record Row(Launched launched, Optional<String> spoiled) {
    Row spoiledBy(String seen) {
      return spoiled.isPresent() ? this : new Row(launched, Optional.of(seen));
    }
  }

  /// An empty one.
  ///
  /// @param clock for when something was seen
  public LaunchTable(Clock clock) {
    this.clock = clock;
  }

  void add(Launched launched) {
    byPid.put(launched.pid(), new Row(launched, Optional.empty()));
  }

  void remove(Launched launched) {
    launched.mark().cancel(false);
    byPid.computeIfPresent(
        launched.pid(), (_, row) -> row.launched().equals(launched) ? null : row);
  }

  Optional<Launched> of(int pid) {
    return row(pid).map(Row::launched);
  }

  private Optional<Row> row(int pid) {
    return Optional.ofNullable(byPid.get(pid));
  }

  /// What the launch says of this process is not believed any more, as long as it runs: what was
  /// seen may be over, but not what came of it. The first thing that was seen is kept. Nothing
  /// happens if the node has not started it.
  ///
  /// @param seen one clause, for people
  public void spoil(int pid, String seen) {
    String then = clock.instant().truncatedTo(ChronoUnit.SECONDS) + ": " + seen;
    byPid.computeIfPresent(pid, (_, row) -> row.spoiledBy(then));
  }

  /// What was seen of it once, and when; empty: nothing.
  Optional<String> spoiled(int pid) {
    return row(pid).flatMap(Row::spoiled);
  }

  /// True if this node has started that process, it still is in the group that was made for it
  /// alone, and nothing was seen of it that spoils that. Whether it is still the same process is
  /// for the caller to make sure.
  ///
  /// @param group its control group, as read just now
  public boolean isInItsGroup(int pid, String group) {
    return row(pid)
        .filter(row -> row.spoiled().isEmpty() && row.launched().group().equals(group))
        .isPresent();
  }

  /// How many there are.
  public int size() {
    return byPid.size();
  }
}
