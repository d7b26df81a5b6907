package dev.credence.server.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.server.core.testing.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ClockGuardTest {
  private final TestClock clock = new TestClock();
  private final AtomicLong boot = new AtomicLong(5);
  private final Instant start = clock.instant();

  private ClockGuard guard(Optional<Instant> highest, boolean shared) {
    return new ClockGuard(clock, boot::get, highest, shared);
  }

  private void passes(Duration time) {
    clock.advance(time);
    boot.addAndGet(time.toNanos());
  }

  @Test
  void timePasses_suspendedToo_isBelieved() {
    ClockGuard guard = guard(Optional.of(start.plusSeconds(60)), false);
    assertThat(guard.problem()).as("60 s behind").isEmpty();
    passes(Duration.ofDays(30));
    assertThat(guard.problem()).isEmpty();
    clock.advance(Duration.ofSeconds(60));
    assertThat(guard.problem()).as("60 s ahead").isEmpty();
  }

  @Test
  void moved_inEitherDirection_isNotBelieved_untilItIsAccepted() throws Exception {
    for (Duration step : new Duration[] {Duration.ofSeconds(61), Duration.ofSeconds(-61)}) {
      ClockGuard guard = guard(Optional.empty(), false);
      clock.advance(step);
      assertThatThrownBy(guard::require)
          .isInstanceOfSatisfying(
              ServerException.class,
              e -> assertThat(e.kind()).isEqualTo(ServerException.Kind.UNAVAILABLE))
          .hasMessageContaining("61s")
          .hasMessageContaining("accept-clock");
      clock.advance(step.negated());
      assertThat(guard.problem()).as("set back again").isPresent();
      guard.accept(clock.instant());
      guard.require();
    }
  }

  @Test
  void whatIsWrittenAllTheSame_hasTheTimeOfBefore_thoughNobodyHasLookedYet() {
    ClockGuard guard = guard(Optional.empty(), false);
    passes(Duration.ofSeconds(10));
    clock.advance(Duration.ofDays(9));
    assertThat(guard.cautious()).isEqualTo(start.plusSeconds(10));
    clock.advance(Duration.ofDays(-9));
    assertThat(guard.cautious()).as("never later than the clock").isEqualTo(clock.instant());
  }

  @Test
  void startedAhead_besideADatabase_itsTimeCounts() {
    clock.advance(Duration.ofHours(2));
    ClockGuard guard = guard(Optional.empty(), true);
    assertThat(guard.compare(clock.instant(), start, clock.instant())).isTrue();
    passes(Duration.ofSeconds(10));
    assertThat(guard.cautious()).isEqualTo(start.plusSeconds(10));
  }

  @Test
  void behindTheHighestTime_isNotBelieved() {
    assertThat(guard(Optional.of(start.plusSeconds(61)), false).problem()).isPresent();
    ClockGuard guard = guard(Optional.empty(), false);
    guard.noted(start.plusSeconds(62));
    assertThat(guard.problem()).isPresent();
    guard.accept(start);
    assertThat(guard.problem()).as("what was stored does not count any more").isEmpty();
  }

  @Test
  void cautious_neverRunsAhead() {
    ClockGuard guard = guard(Optional.empty(), false);
    clock.advance(Duration.ofDays(1));
    assertThat(guard.problem()).isPresent();
    assertThat(guard.cautious()).isEqualTo(start);
  }

  @Test
  void shared_isMeasuredAgainstTheDatabase_andComesBackByItself() {
    ClockGuard guard = guard(Optional.of(start.plusSeconds(600)), true);
    assertThat(guard.problem()).as("another server's time does not count").isEmpty();
    clock.advance(Duration.ofSeconds(100));
    assertThat(guard.problem()).isPresent();
    Instant now = clock.instant();
    assertThat(guard.compare(now, now.plusSeconds(60), now)).as("the database agrees").isTrue();
    assertThat(guard.problem()).isEmpty();
    assertThat(guard.compare(now, now.minusSeconds(61), now)).isTrue();
    assertThat(guard.problem()).isPresent();
  }
}
