package dev.credence.server.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.credence.certs.Id;
import dev.credence.server.core.NodeRefusal.Caller;
import dev.credence.server.core.NodeRefusal.Suggestion;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Page;
import dev.credence.server.core.model.UnregisteredSum;
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
import java.util.OptionalLong;
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

  private Page<UnregisteredSum> page(int size, Optional<String> after) throws ServerException {
    return world.core.queries().unregistered(Optional.empty(), "", new Page.Request(size, after));
  }

  private List<UnregisteredSum> all() throws ServerException {
    return page(1000, Optional.empty()).items();
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
    var user = new UnregisteredSum.User(Optional.of(one.id()), OptionalLong.of(1000));
    assertThat(all())
        .hasSize(4)
        .filteredOn(row -> row.key().equals(new UnregisteredSum.Key(user, "/opt/a")))
        .singleElement()
        .satisfies(row -> {
          assertThat(row.tally()).isEqualTo(new UnregisteredSum.Tally(7, 0, first));
          assertThat(row.newest().at()).isEqualTo(now());
          assertThat(row.newest().user()).isEqualTo("alice");
          assertThat(row.newest().selectors()).hasToString("[unix:path:/opt/a]");
        });
  }

  @Test
  void onlyRowsThatAskedSinceThen_onTheNodeAskedFor() throws Exception {
    Joined one = world.join(Map.of());
    Joined other = world.join(Map.of());
    report(one.id(), 1000, "/opt/a", 1);
    report(other.id(), 1000, "/opt/b", 1);
    world.clock.advance(Duration.ofMinutes(1));
    report(other.id(), 1000, "/opt/c", 1);
    var page = new Page.Request(10, Optional.empty());
    Queries queries = world.core.queries();
    assertThat(queries.unregistered(Optional.of(now()), "", page).items())
        .extracting(row -> row.key().executable())
        .containsExactly("/opt/c");
    assertThat(queries.unregistered(Optional.empty(), one.id().toString(), page).items())
        .extracting(row -> row.key().executable())
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
    assertThat(all().getFirst().newest().selectors())
        .hasToString("[unix:path:/opt/$(reboot), unix:sha256:" + DIGEST + "]");
  }

  @Test
  void pagesHaveEachRow_whateverHappensMeanwhile() throws Exception {
    Joined node = world.join(Map.of());
    for (int i = 0; i < 25; i++) {
      report(node.id(), 1000, "/opt/p" + i, 1);
    }
    List<String> seen = new ArrayList<>();
    Optional<String> next = Optional.empty();
    int more = 0;
    do {
      Page<UnregisteredSum> rows = page(10, next);
      rows.items().forEach(row -> seen.add(row.key().executable()));
      next = rows.next();
      report(node.id(), 1001, "/opt/more" + more++, 1);
    } while (next.isPresent());
    assertThat(seen).doesNotHaveDuplicates();
    assertThat(seen.stream().filter(name -> name.startsWith("/opt/p"))).hasSize(25);
    assertThat(refused(() -> page(10, Optional.of("1.2"))).kind()).isEqualTo(Kind.INVALID);
  }

  @Test
  void whatNobodyAskedForLong_isNotListed() throws Exception {
    Joined node = world.join(Map.of());
    report(node.id(), 1000, "/opt/a", 1);
    var page = new Page.Request(10, Optional.empty());
    var longAgo = Optional.of(Instant.EPOCH);
    assertThat(world.core.queries().unregistered(longAgo, "", page).items()).hasSize(1);
    world.clock.advance(UnregisteredSums.KEPT.plusSeconds(1));
    assertThat(world.core.queries().unregistered(longAgo, "", page).items()).isEmpty();
    assertThat(all()).isEmpty();
  }

  /// As it is stored.
  private Instant now() {
    return world.clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  private interface Asking {
    Object run() throws ServerException;
  }

  private static ServerException refused(Asking asking) {
    return catchThrowableOfType(ServerException.class, asking::run);
  }
}
