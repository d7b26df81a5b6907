package dev.credence.e2e.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.e2e.story.Await;
import dev.credence.e2e.story.Story;
import dev.credence.proto.admin.v1.EventsGrpc;
import dev.credence.proto.admin.v1.ListUnregisteredRequest;
import dev.credence.proto.admin.v1.Unregistered;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("the inventory of what asks")
class InventoryAttacksTest {
  private static final int HONEST = 64998;
  private static final int FLOODER = 64999;
  // What a node tells apart of one user in ten seconds, and the server in all.
  private static final int AT_A_TIME = 8;
  private static final int MOST_OF_A_USER = 32;
  private static final Duration WINDOW = Duration.ofSeconds(10);
  // Five are enough, unless the node is slow to begin its next ten seconds.
  private static final int MOST_ROUNDS = 20;

  @TempDir private Path folder;
  private AttachPlace place;
  private Path program;

  @BeforeEach
  void start() throws Exception {
    place = AttachPlace.start(folder);
    program = place.interpreter("newcomer");
  }

  @AfterEach
  void stop() {
    place.close();
  }

  @Trick(
      name =
          "programs of ever new names of one user, so that another user's program is not seen to ask",
      outcome = "the other user's row stays as it was; the flood displaces its own, and is counted",
      needs = {Needs.SETPRIV, Needs.PYTHON3})
  void everNewNames() throws Exception {
    try (var story = Story.of("one user's flood of names")) {
      story.step("a program of nobody's asks", () -> asks(HONEST, List.of(program)));
      var before =
          story.ask(
              "the inventory has a row of it",
              () -> rows(HONEST, rows -> !rows.isEmpty()).getFirst());
      int rounds = story.ask("another user's programs ask, each under a new name", () -> flood());
      story.step(
          "the row is as it was",
          () -> assertThat(rows(HONEST, rows -> !rows.isEmpty())).containsExactly(before));
      var others = story.ask("the other user's rows", () -> rows(FLOODER, _ -> true));
      story.step(
          "are no more than a user may have, and one for those that were displaced",
          () -> assertThat(others).hasSize(MOST_OF_A_USER + 1));
      story.step(
          "nothing is lost: it asked as often as it did",
          () ->
              assertThat(others.stream().mapToLong(Unregistered::getCount).sum())
                  .isGreaterThanOrEqualTo((long) rounds * AT_A_TIME));
    }
  }

  /// @return after how many rounds rows were displaced
  private int flood() throws Exception {
    for (int round = 1; round <= MOST_ROUNDS; round++) {
      List<Path> names = new ArrayList<>();
      for (int i = 0; i < AT_A_TIME; i++) {
        names.add(Files.createLink(place.file("flood-" + round + "-" + i), program));
      }
      asks(FLOODER, names);
      long asked = (long) round * AT_A_TIME;
      var rows =
          rows(FLOODER, all -> all.stream().mapToLong(Unregistered::getCount).sum() >= asked);
      if (rows.stream().anyMatch(row -> row.getDisplaced() > 0)) {
        return round;
      }
      place.rig().clock().advance(WINDOW);
    }
    throw new AssertionError("no row was displaced in " + MOST_ROUNDS + " rounds");
  }

  /// Each asks once, and is refused.
  private void asks(int uid, List<Path> programs) throws Exception {
    List<PythonCaller> callers = new ArrayList<>();
    try {
      for (var each : programs) {
        callers.add(place.caller(AttachPlace.as(uid), each));
      }
      for (var caller : callers) {
        assertThat(caller.open()).isFalse();
      }
    } finally {
      callers.forEach(PythonCaller::close);
    }
  }

  /// A user's rows, as soon as they are so.
  private List<Unregistered> rows(int uid, Predicate<List<Unregistered>> awaited) throws Exception {
    var request = ListUnregisteredRequest.newBuilder().setPageSize(1000).build();
    return Await.answer(
        "rows of uid " + uid,
        () ->
            place
                .admin()
                .call(EventsGrpc::newBlockingStub)
                .listUnregistered(request)
                .getRowsList()
                .stream()
                .filter(row -> row.getUid().equals(Integer.toString(uid)))
                .toList(),
        awaited,
        AttachPlace.SOON);
  }
}
