package dev.credence.attestors.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@DisplayName("Places for reading code")
class ReadingPlacesTest {
  private static final StoreLimits TWO_OF_ONE_EACH =
      new StoreLimits(1, 1, Duration.ofDays(1), 2, 1, 1);

  private final ReadingPlaces places = new ReadingPlaces(TWO_OF_ONE_EACH);

  private static long in(Duration time) {
    return System.nanoTime() + time.toNanos();
  }

  private static long soon() {
    return in(Duration.ofMillis(50));
  }

  @Test
  @DisplayName("who hangs on the way to the code has only a place of its own user")
  void hanging() throws Exception {
    for (int user = 1; user <= 5; user++) {
      var _ = places.take(user, soon());
    }
    try (var place = places.take(6, soon());
        var turn = place.turn()) {
      assertThat(turn).isNotNull();
    }
    assertThatThrownBy(() -> places.take(1, soon()))
        .isInstanceOf(CodeRefusedException.class)
        .hasMessageContaining("too many trees");
  }

  @Test
  @DisplayName("no more read at once than may")
  void turns() throws Exception {
    try (var one = places.take(1, soon());
        var two = places.take(2, soon());
        var three = places.take(3, soon());
        var _ = one.turn()) {
      try (var _ = two.turn()) {
        assertThatThrownBy(three::turn)
            .isInstanceOf(CodeRefusedException.class)
            .hasMessageContaining("too many trees");
      }
      try (var late = places.take(4, in(Duration.ofSeconds(20)));
          var turn = late.turn()) {
        assertThat(turn).isNotNull();
      }
    }
  }

  @Test
  @DisplayName("a place that was given back is free")
  void again() throws Exception {
    for (int i = 0; i < 5; i++) {
      try (var place = places.take(1, soon());
          var turn = place.turn()) {
        assertThat(turn).isNotNull();
      }
    }
  }
}
