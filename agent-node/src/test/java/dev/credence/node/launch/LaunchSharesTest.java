package dev.credence.node.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("how many launches each user gets")
class LaunchSharesTest {
  private static final int TOTAL = 256;
  private static final int PER_UID = 64;
  private static final int RESERVE = 16;

  private final LaunchShares shares = new LaunchShares(TOTAL, PER_UID, RESERVE);

  private int takeAll(int uid) {
    int got = 0;
    while (shares.enter(uid)) {
      got++;
    }
    return got;
  }

  @Test
  @DisplayName("one user gets what is one's at most")
  void one() {
    assertThat(takeAll(1000)).isEqualTo(PER_UID);
    shares.leave(1000);
    assertThat(takeAll(1000)).isEqualTo(1);
  }

  @Test
  @DisplayName("several who take all they get leave room for the next")
  void several() {
    for (int uid = 1000; uid < 1006; uid++) {
      assertThat(takeAll(uid)).as("user " + uid).isPositive();
    }
    assertThat(takeAll(2000)).as("yet another").isPositive();
  }

  @Test
  @DisplayName("a crowd of users fills all that is shared, and root still has its reserve")
  void crowd() {
    int all = 0;
    for (int uid = 1000; uid < 2000; uid++) {
      all += takeAll(uid);
    }
    assertThat(all).isEqualTo(TOTAL - RESERVE);
    assertThat(takeAll(0)).isEqualTo(RESERVE);
  }

  @Test
  @DisplayName("what root has of its reserve takes nothing from the others")
  void root() {
    for (int i = 0; i < RESERVE; i++) {
      assertThat(shares.enter(0)).isTrue();
    }
    assertThat(takeAll(1000)).isEqualTo(PER_UID);
    assertThat(takeAll(0)).as("beyond its reserve").isEqualTo(PER_UID);
  }

  @Test
  @DisplayName("who has asked counts as a launch and no more as silent, and each counts once")
  void turns() throws Exception {
    var both = new LaunchTurn.Shares(new LaunchShares(2, 1, 0), new LaunchShares(3, 1, 0));
    LaunchTurn first = both.enter(7).orElseThrow();
    assertThat(both.enter(7)).as("a second silent one").isEmpty();
    first.asked();
    first.asked();
    LaunchTurn second = both.enter(7).orElseThrow();
    assertThatThrownBy(second::asked)
        .isInstanceOf(LaunchRefusedException.class)
        .hasMessageContaining("user 7");
    second.close();
    LaunchTurn third = both.enter(7).orElseThrow();
    first.close();
    third.asked();
    third.close();
    assertThat(both.launches().enter(7)).isTrue();
    assertThat(both.silent().enter(7)).isTrue();
  }
}
