package dev.credence.server.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.credence.certs.Id;
import dev.credence.server.core.NodeRefusal.Caller;
import dev.credence.server.core.NodeRefusal.Suggestion;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.UnregisteredView.Rows;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.NewEvent;
import dev.credence.server.core.model.Page;
import dev.credence.server.core.testing.CoreWorld;
import dev.credence.server.core.testing.CoreWorld.Joined;
import dev.credence.server.core.testing.MemoryStore;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The inventory of what asks and has no registration.
final class UnregisteredListTest {
  private static final String DIGEST = "ab".repeat(32);

  private MemoryStore store;
  private CoreWorld world;

  @BeforeEach
  void begin() throws Exception {
    store = new MemoryStore();
    world = CoreWorld.in(store);
  }

  @AfterEach
  void end() {
    world.close();
  }

  private void report(Id node, int uid, String executable, long count, RawSelector... selectors)
      throws ServerException {
    var caller = new Caller(OptionalInt.of(7), uid, uid, executable);
    world
        .core
        .recordRefusals()
        .run(
            node,
            List.of(
                new NodeRefusal(
                    "unregistered",
                    "no identity issued",
                    caller,
                    count,
                    new Suggestion("alice", List.of(selectors)))));
  }

  private Rows page(int size, Optional<String> after) throws ServerException {
    return world.core.queries().unregistered(Optional.empty(), "", new Page.Request(size, after));
  }

  private Rows all() throws ServerException {
    return page(1000, Optional.empty());
  }

  @Test
  void oneRowForEachNodeUserAndExecutable_withTheNewestSuggestion() throws Exception {
    Joined one = world.join(Map.of());
    Joined other = world.join(Map.of());
    report(one.id(), 1000, "/opt/a", 3, new RawSelector("unix", "path", "/opt/old"));
    Instant first = now();
    world.ticker.tick();
    world.ticker.tick();
    world.clock.advance(Duration.ofMinutes(1));
    report(one.id(), 1000, "/opt/a", 4, new RawSelector("unix", "path", "/opt/a"));
    report(one.id(), 1001, "/opt/a", 1);
    report(one.id(), 1000, "/opt/b", 1);
    report(other.id(), 1000, "/opt/a", 1);
    assertThat(all().rows())
        .hasSize(4)
        .filteredOn(row ->
            row.node().equals(Optional.of(one.id()))
                && row.uid().equals("1000")
                && row.executable().equals("/opt/a"))
        .singleElement()
        .satisfies(row -> {
          assertThat(row.count()).isEqualTo(7);
          assertThat(row.firstAt()).isEqualTo(first);
          assertThat(row.newest().at()).isEqualTo(now());
          assertThat(row.newest().user()).isEqualTo("alice");
          assertThat(row.newest().selectors()).hasToString("[unix:path:/opt/a]");
        });
    assertThat(all().countedFrom()).isEmpty();
    assertThat(all().next()).isEmpty();
  }

  @Test
  void theRangeIsWhatWasAskedFor() throws Exception {
    Joined one = world.join(Map.of());
    Joined other = world.join(Map.of());
    report(one.id(), 1000, "/opt/a", 1);
    report(other.id(), 1000, "/opt/b", 1);
    world.clock.advance(Duration.ofMinutes(1));
    report(other.id(), 1000, "/opt/c", 1);
    var page = new Page.Request(10, Optional.empty());
    Queries queries = world.core.queries();
    assertThat(queries.unregistered(Optional.of(now()), "", page).rows())
        .extracting(UnregisteredView::executable)
        .containsExactly("/opt/c");
    assertThat(queries.unregistered(Optional.empty(), one.id().toString(), page).rows())
        .extracting(UnregisteredView::executable)
        .containsExactly("/opt/a");
    assertThat(refused(() -> queries.unregistered(Optional.empty(), "nobody", page)).kind())
        .isEqualTo(Kind.NOT_FOUND);
  }

  @Test
  void suggestionsThatNoRegistrationCanHave_areLeftOut() throws Exception {
    Joined node = world.join(Map.of());
    report(
        node.id(),
        1000,
        "/opt/a",
        1,
        new RawSelector("unix", "uid", "everybody"),
        new RawSelector("node", "label", "role:gpu"),
        new RawSelector("unix", "path", "/opt/" + "a".repeat(1020)),
        new RawSelector("unix", "path", "/opt/\u001b[2J"),
        new RawSelector("unix", "path", "/opt/$(reboot)"),
        new RawSelector("unix", "sha256", DIGEST));
    assertThat(all().rows().getFirst().newest().selectors())
        .hasToString("[unix:path:/opt/$(reboot), unix:sha256:" + DIGEST + "]");
  }

  @Test
  void everNewNames_fillFewRows_andHideNoOtherUser() throws Exception {
    Joined node = world.join(Map.of());
    for (int i = 0; i < 3000; i++) {
      event(node.id(), "1000", "/tmp/p" + i);
    }
    event(node.id(), "1001", "/opt/agent");
    List<UnregisteredView> rows = all().rows();
    assertThat(rows).hasSize(UnregisteredCount.MOST_OF_A_USER + 2);
    assertThat(rows).extracting(UnregisteredView::executable).contains("/opt/agent", "(others)");
    assertThat(rows.stream().mapToLong(UnregisteredView::count).sum()).isEqualTo(3001);
  }

  @Test
  void manyUsersWithManyNames_areCountedTogetherToo() throws Exception {
    Joined node = world.join(Map.of());
    for (int i = 0; i < 3000; i++) {
      event(node.id(), Integer.toString(i), "/tmp/p");
    }
    List<UnregisteredView> rows = all().rows();
    assertThat(rows).hasSize(UnregisteredCount.MOST_OF_A_NODE + 1);
    assertThat(rows.getFirst().uid()).isEmpty();
    assertThat(rows.stream().mapToLong(UnregisteredView::count).sum()).isEqualTo(3000);
  }

  @Test
  void pagesFitTogether_whateverHappensMeanwhile() throws Exception {
    Joined node = world.join(Map.of());
    for (int i = 0; i < 25; i++) {
      event(node.id(), "1000", "/opt/p" + i);
    }
    List<String> seen = new ArrayList<>();
    Optional<String> next = Optional.empty();
    do {
      Rows rows = page(10, next);
      rows.rows().forEach(row -> seen.add(row.executable()));
      next = rows.next();
      event(node.id(), "1000", "/opt/" + seen.size()); // sorts before what is still to come
    } while (next.isPresent());
    assertThat(seen).hasSize(25).doesNotHaveDuplicates().allMatch(name -> name.contains("/p"));
    assertThat(refused(() -> page(10, Optional.of("1.2"))).kind()).isEqualTo(Kind.INVALID);
    assertThat(page(10, Optional.of("999999.0.0")).rows()).isEmpty();
  }

  @Test
  void ofTooManyEvents_theNewestCount_andItIsSaid() throws Exception {
    Joined node = world.join(Map.of());
    event(node.id(), "1000", "/opt/forgotten");
    world.clock.advance(Duration.ofMinutes(1));
    for (int i = 0; i < UnregisteredList.MOST_EVENTS; i++) {
      event(node.id(), "1000", "/opt/agent");
    }
    Rows rows = all();
    assertThat(rows.countedFrom()).contains(now());
    assertThat(rows.rows())
        .singleElement()
        .satisfies(row -> assertThat(row.count()).isEqualTo(UnregisteredList.MOST_EVENTS));
  }

  /// As it is stored.
  private Instant now() {
    return world.clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  private void event(Id node, String uid, String executable) {
    store.write(tx ->
        tx.events()
            .append(
                new NewEvent(
                    EventKind.UNREGISTERED,
                    new Actor.Node(node),
                    NewEvent.About.node(node),
                    Map.of("uid", uid, "executable", executable, "count", "1"),
                    Optional.empty()),
                now()));
  }

  private interface Asking {
    Rows run() throws ServerException;
  }

  private static ServerException refused(Asking asking) {
    return catchThrowableOfType(ServerException.class, asking::run);
  }
}
