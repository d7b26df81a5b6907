package dev.credence.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("who becomes a user whose processes are served")
class NewcomersTest {
  private static final int SERVED = 1000;

  private final ManualTime time = new ManualTime(Instant.EPOCH);
  private final List<Integer> looks = new ArrayList<>();
  private final Newcomers newcomers = new Newcomers(uid -> uid == SERVED, looks::add, time);

  @Test
  @DisplayName("has them looked at, at once; others do not matter")
  void atOnce() {
    newcomers.joined(1001);
    assertThat(looks).isEmpty();
    newcomers.joined(SERVED);
    assertThat(looks).containsExactly(SERVED);
    time.advance(Newcomers.WHILE);
    assertThat(looks).as("nobody came since").containsExactly(SERVED);
    newcomers.joined(SERVED);
    assertThat(looks).hasSize(2);
  }

  @Test
  @DisplayName("are looked for again after a look that failed")
  void afterAFailure() {
    var failing =
        new Newcomers(
            uid -> uid == SERVED,
            uid -> {
              looks.add(uid);
              if (looks.size() == 1) {
                throw new IllegalStateException("no thread left");
              }
            },
            time);
    assertThatThrownBy(() -> failing.joined(SERVED)).hasMessage("no thread left");
    time.advance(Newcomers.WHILE);
    failing.joined(SERVED);
    assertThat(looks).hasSize(2);
  }

  @Test
  @DisplayName("a crowd of them has them looked at once in a while, and never overlooked")
  void crowd() {
    for (int i = 0; i < 1000; i++) {
      newcomers.joined(SERVED);
    }
    assertThat(looks).hasSize(1);
    time.advance(Newcomers.WHILE);
    assertThat(looks).as("those that came after the first look").hasSize(2);
    newcomers.joined(SERVED);
    assertThat(looks).hasSize(2);
    time.advance(Newcomers.WHILE);
    assertThat(looks).hasSize(3);
    time.advance(Newcomers.WHILE);
    assertThat(looks).hasSize(3);
  }
}
