package dev.credence.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.certs.Id;
import dev.credence.server.core.model.Event;
import dev.credence.server.core.model.Owner;
import dev.credence.server.core.port.Events;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process that is killed anywhere around commit and answer: what it acknowledged is there, what
/// it refused is not, and events have no gap. All kills hit one file, so each also meets what the
/// ones before left behind.
class CrashTest {
  private static final int PER_POINT = 5;
  private static final int ANYWHERE = 10;

  private final Set<Id> acknowledged = new HashSet<>();
  private final Set<Id> refused = new HashSet<>();
  private int unanswered;

  @Test
  void killed_losesNothingThatWasAcknowledged(@TempDir Path folder) throws Exception {
    long seed = new Random().nextLong(1_000_000);
    System.out.println("crash seed " + seed);
    Random random = new Random(seed);
    for (CommitListener.Point point : CommitListener.Point.values()) {
      for (int i = 0; i < PER_POINT; i++) {
        killAt(folder, point.name(), 2 + random.nextInt(20), random);
      }
    }
    for (int i = 0; i < ANYWHERE; i++) {
      killAfter(folder, 1 + random.nextInt(400), random);
    }
    System.out.printf(
        java.util.Locale.ROOT,
        "%d kills: %d acknowledged, %d refused, %d written but never answered%n",
        4 * PER_POINT + ANYWHERE,
        acknowledged.size(),
        refused.size(),
        unanswered);
    assertThat(acknowledged).hasSizeGreaterThan(100);
    assertThat(refused).hasSizeGreaterThan(10);
  }

  private static Path file(Path folder) {
    return folder.resolve("credence.db");
  }

  private void killAt(Path folder, String point, int times, Random random) throws Exception {
    String seed = Long.toString(random.nextLong(1_000_000));
    try (Child child =
        new Child(
            folder,
            List.of(file(folder).toString(), seed, "1000000", point, Integer.toString(times)))) {
      child.readUntil(line -> line.startsWith("at "));
      child.kill();
      assertThat(child.said("at")).containsExactly(point);
      check(file(folder), child, point);
    }
  }

  private void killAfter(Path folder, int answers, Random random) throws Exception {
    String seed = Long.toString(random.nextLong(1_000_000));
    int[] seen = {0};
    try (Child child =
        new Child(folder, List.of(file(folder).toString(), seed, "1000000", "none", "0"))) {
      child.readUntil(line -> line.startsWith("ack ") && ++seen[0] == answers);
      child.kill();
      check(file(folder), child, "after " + answers + " answers");
    }
  }

  private void check(Path file, Child child, String where) throws UnusableDatabaseException {
    child.said("ack").forEach(id -> acknowledged.add(Id.parse(id)));
    child.said("refused").forEach(id -> refused.add(Id.parse(id)));
    try (SqliteStore store = SqliteStore.open(file, StoreSettings.defaults(failure -> {}))) {
      Set<Id> owners =
          store.read(
              view -> view.owners().all().stream().map(Owner::id).collect(Collectors.toSet()));
      List<Event> events = events(store);
      assertThat(owners).as(where).containsAll(acknowledged);
      assertThat(owners).as(where).noneMatch(refused::contains);
      assertThat(events.stream().map(event -> event.what().about().owner().orElseThrow()).toList())
          .as(where)
          .containsExactlyInAnyOrderElementsOf(owners);
      for (int i = 0; i < events.size(); i++) {
        assertThat(events.get(i).number()).as(where).isEqualTo(i + 1);
      }
      unanswered = owners.size() - acknowledged.size();
    }
  }

  static List<Event> events(SqlStore store) {
    List<Event> all = new ArrayList<>();
    List<Event> page;
    do {
      long after = all.size();
      page = store.read(view -> view.events().list(Events.Filter.everything(after), 1000));
      all.addAll(page);
    } while (!page.isEmpty());
    return all;
  }

  @Test
  void twoProcessesOnOneFile_corruptNothing(@TempDir Path folder) throws Exception {
    Path file = file(folder);
    List<String> arguments = List.of(file.toString(), "1", "300", "none", "0");
    try (Child first = new Child(folder, arguments);
        Child second = new Child(folder, arguments)) {
      assertThat(first.finish()).isZero();
      assertThat(second.finish()).isZero();
      Set<String> both = new HashSet<>(first.said("ack"));
      both.addAll(second.said("ack"));
      try (SqliteStore store = SqliteStore.open(file, StoreSettings.defaults(failure -> {}))) {
        List<Event> events = events(store);
        assertThat(
                events.stream()
                    .map(event -> event.what().about().owner().orElseThrow().toString())
                    .toList())
            .containsExactlyInAnyOrderElementsOf(both);
        assertThat(events).extracting(Event::number).last().isEqualTo((long) both.size());
      }
    }
  }
}
