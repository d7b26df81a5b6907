package dev.credence.server.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.credence.certs.Id;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.NewEvent;
import dev.credence.server.core.model.Page;
import dev.credence.server.core.model.UnregisteredSum;
import dev.credence.server.core.port.InventoryReads;
import dev.credence.server.core.testing.MemoryStore;
import dev.credence.server.core.testing.Samples;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Who fills the inventory displaces its own rows, and what is displaced stays counted.
final class UnregisteredSumsTest {
  private static final Instant NOW = Instant.parse("2026-05-01T00:00:00Z");
  private static final long USER = 1000;

  private final MemoryStore store = new MemoryStore();
  private final Id node = new Samples(3).id();
  private Instant time = NOW;

  @AfterEach
  void close() {
    store.close();
  }

  private void asks(Id where, long uid, String executable) {
    asks(
        NewEvent.About.node(where),
        Map.of("uid", Long.toString(uid), "executable", executable, "count", "1"));
  }

  private void asks(NewEvent.About about, Map<String, String> details) {
    var event =
        new NewEvent(
            EventKind.UNREGISTERED, new Actor.Node(node), about, details, Optional.empty());
    store.write(tx -> {
      new Journal(_ -> {}).append(tx, event, time);
      return true;
    });
  }

  private List<UnregisteredSum> rows() {
    return store.read(view ->
        view.inventory()
            .list(
                new InventoryReads.Filter(Instant.EPOCH, Optional.empty()),
                new Page.Request(1000, Optional.empty()))
            .items());
  }

  private List<UnregisteredSum> rows(long uid) {
    return rows().stream()
        .filter(row -> row.key().user().uid().equals(OptionalLong.of(uid)))
        .toList();
  }

  private UnregisteredSum row(String executable) {
    return rows().stream()
        .filter(row -> row.key().executable().equals(executable))
        .findFirst()
        .orElseThrow();
  }

  private static long asked(List<UnregisteredSum> rows) {
    return rows.stream().mapToLong(row -> row.tally().asked()).sum();
  }

  @Test
  void aFloodOfNames_displacesItsOwnUsersRowsOnly_theOldestFirst() {
    Id other = new Samples(4).id();
    asks(node, 1001, "/opt/agent");
    asks(other, USER, "/opt/agent");
    UnregisteredSum before = row("/opt/agent");
    for (int i = 0; i < 3000; i++) {
      asks(node, USER, "/tmp/p" + i);
    }
    assertThat(rows(1001)).containsExactly(before);
    assertThat(rows(USER)).hasSize(UnregisteredSums.MOST_OF_A_USER + 2);
    assertThat(row("/tmp/p2999").tally().asked()).isEqualTo(1);
    assertThat(row("/tmp/p2968").tally().asked()).isEqualTo(1);
    UnregisteredSum others = row(UnregisteredSum.OTHERS);
    assertThat(others.key().user().node()).contains(node);
    assertThat(others.key().user().uid()).hasValue(USER);
    assertThat(others.tally()).isEqualTo(new UnregisteredSum.Tally(2968, 2968, NOW));
    assertThat(others.newest().selectors()).isEmpty();
    assertThat(asked(rows())).isEqualTo(3002);
  }

  @Test
  void whoAsksAgain_isNotDisplaced() {
    for (int i = 0; i < 500; i++) {
      asks(node, USER, "/opt/agent");
      asks(node, USER, "/tmp/p" + i);
    }
    assertThat(row("/opt/agent").tally().asked()).isEqualTo(500);
    // It comes again, and counts from then on.
    time = NOW.plusSeconds(60);
    asks(node, USER, "/tmp/p0");
    assertThat(row("/tmp/p0").tally()).isEqualTo(new UnregisteredSum.Tally(1, 0, time));
  }

  @Test
  void onAFullNode_theHeaviestUserMakesRoom() {
    fill();
    asks(node, 1, "/opt/agent");
    assertThat(rows(1)).hasSize(1);
    assertThat(onNode()).hasSize(UnregisteredSums.MOST_OF_A_NODE);
    // A user who has as many as the heaviest displaces its own.
    long uid = 2;
    for (int i = 0; i < 100; i++) {
      asks(node, uid, "/tmp/p" + i);
    }
    assertThat(rows(1)).hasSize(1);
    assertThat(rows(uid)).hasSizeBetween(28, 32);
    assertThat(onNode()).hasSize(UnregisteredSums.MOST_OF_A_NODE);
  }

  /// 12 users of 33 rows each, and one of 4.
  private void fill() {
    for (int uid = 100; uid < 113; uid++) {
      for (int i = 0; i < (uid == 112 ? 4 : 40); i++) {
        asks(node, uid, "/tmp/" + uid + "-" + i);
      }
    }
    assertThat(onNode()).hasSize(UnregisteredSums.MOST_OF_A_NODE);
  }

  private List<UnregisteredSum> onNode() {
    return rows().stream().filter(row -> row.key().user().uid().isPresent()).toList();
  }

  @Test
  void aUserOnANodeFullOfUsers_displacesOneRowOfOthers_andThenItsOwn() {
    for (int uid = 0; uid < UnregisteredSums.MOST_OF_A_NODE; uid++) {
      asks(node, uid, "/opt/agent");
    }
    for (int i = 0; i < 100; i++) {
      asks(node, 5000, "/tmp/p" + i);
    }
    assertThat(onNode()).hasSize(UnregisteredSums.MOST_OF_A_NODE);
    assertThat(rows(0)).isEmpty();
    assertThat(rows(1)).hasSize(1);
    assertThat(rows(5000))
        .singleElement()
        .satisfies(row -> assertThat(row.key().executable()).isEqualTo("/tmp/p99"));
    assertThat(row(UnregisteredSum.OTHERS).tally().displaced()).isEqualTo(100);
  }

  @Test
  void manyUsers_areBoundedToo_andNothingIsLost() {
    for (int uid = 0; uid < 3000; uid++) {
      asks(node, uid, "/tmp/p");
    }
    assertThat(rows()).hasSize(UnregisteredSums.MOST_OF_A_NODE + 1);
    assertThat(rows(2999)).hasSize(1);
    UnregisteredSum several = row(UnregisteredSum.OTHERS);
    assertThat(several.key().user().uid()).isEmpty();
    assertThat(several.newest().user()).isEmpty();
    assertThat(asked(rows())).isEqualTo(3000);
  }

  @Test
  void whatTheNodeCountedTogether_isTheUsersOthers_ifItHasRows() {
    asks(node, USER, "/opt/agent");
    asks(node, USER, UnregisteredSum.OTHERS);
    asks(node, 1001, UnregisteredSum.OTHERS);
    asks(node, 4_294_967_295L, "/opt/agent");
    asks(NewEvent.About.nothing(), Map.of("operation", "workload-api", "count", "3"));
    assertThat(rows(USER)).hasSize(2).allMatch(row -> row.tally().displaced() == 0);
    assertThat(rows(1001)).isEmpty();
    assertThat(rows().stream().filter(row -> row.key().user().uid().isEmpty()))
        .extracting(row -> row.key().user().node(), row -> row.tally().asked())
        .containsExactlyInAnyOrder(tuple(Optional.of(node), 2L), tuple(Optional.empty(), 3L));
  }

  @Test
  void whatNobodyAskedForLong_isForgotten_whenSomethingNewComes() {
    asks(node, USER, "/opt/old");
    time = NOW.plus(UnregisteredSums.KEPT).minus(Duration.ofSeconds(1));
    asks(node, USER, "/opt/a");
    assertThat(rows()).hasSize(2);
    time = NOW.plus(UnregisteredSums.KEPT).plusSeconds(1);
    asks(node, USER, "/opt/b");
    assertThat(rows())
        .extracting(row -> row.key().executable())
        .containsExactly("/opt/a", "/opt/b");
  }

  @Test
  void anExecutableThatNoDatabaseKeeps_isCountedAllTheSame() {
    asks(node, USER, "/opt/\u0000\ud800x");
    assertThat(rows())
        .extracting(row -> row.key().executable())
        .containsExactly("/opt/\ufffd\ufffdx");
  }
}
