package dev.credence.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;

class ConnectionCountTest {
  private static final int TOTAL = 2000;

  private final ConnectionCount connections =
      new ConnectionCount(new ConnectionLimits(TOTAL, 1500, TOTAL));

  /// As many as it gets, by many processes.
  private int greedy(int uid) {
    int taken = 0;
    while (connections.enter(uid, taken).isEmpty()) {
      taken++;
    }
    return taken;
  }

  @Test
  void oneGreedyUserGetsHalf() {
    assertThat(greedy(1)).isEqualTo(TOTAL / 2);
  }

  @Test
  void twoGreedyUsersLeaveRoomForAThird() {
    int held = greedy(1) + greedy(2);
    assertThat(held).isLessThanOrEqualTo(TOTAL * 3 / 4);
    assertThat(connections.enter(3, 1)).as("a third user").isEmpty();
    assertThat(connections.enter(1, 1).orElseThrow().toString())
        .isEqualTo(
            String.format(
                Locale.ROOT,
                "too many connections of this user (expected: at most %d, see its share of limits.connections)",
                TOTAL - held - 1));
  }

  @Test
  void whoCameLateGetsAsMuchAsTheOthersGiveBack() {
    int first = greedy(1);
    int second = greedy(2);
    for (int i = 0; i < first; i++) {
      connections.leave(1, i);
    }
    assertThat(second + greedy(2)).isEqualTo(TOTAL / 2);
  }

  @Test
  void aRefusedOneIsNotCounted() {
    int held = greedy(1);
    for (int i = 0; i < 10; i++) {
      assertThat(connections.enter(1, 0)).isPresent();
    }
    connections.leave(1, 0);
    assertThat(greedy(1)).isEqualTo(1);
    assertThat(held).isEqualTo(TOTAL / 2);
  }
}
