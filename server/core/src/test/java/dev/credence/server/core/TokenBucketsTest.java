package dev.credence.server.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.server.core.TokenBuckets.Bound;
import dev.credence.server.core.TokenBuckets.Rate;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// How fast each of many may do something.
final class TokenBucketsTest {
  // Only differences count: this one overflows.
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private static int taken(TokenBuckets<String> buckets, String key) {
    int taken = 0;
    while (buckets.take(key)) {
      taken++;
    }
    return taken;
  }

  @Test
  void eachHasItsOwn_fullAtFirst_filledAsTimePasses_neverMoreThanFull() {
    var buckets = new TokenBuckets<String>(new Rate(2, 3), Bound.none(), nanos::get);
    assertThat(taken(buckets, "a")).isEqualTo(3);
    assertThat(taken(buckets, "b")).isEqualTo(3);
    pass(Duration.ofMillis(499));
    assertThat(taken(buckets, "a")).isZero();
    pass(Duration.ofMillis(501));
    assertThat(taken(buckets, "a")).isEqualTo(2);
    pass(Duration.ofDays(1));
    assertThat(taken(buckets, "a")).isEqualTo(3);
  }

  @Test
  void slowRates_fillAToken_inItsPartOfThePeriod() {
    var rate = new Rate(6, Duration.ofHours(1), 1);
    var buckets = new TokenBuckets<String>(rate, Bound.none(), nanos::get);
    assertThat(taken(buckets, "a")).isEqualTo(1);
    pass(Duration.ofMinutes(9));
    assertThat(taken(buckets, "a")).isZero();
    pass(Duration.ofMinutes(2));
    assertThat(taken(buckets, "a")).isEqualTo(1);
  }

  @Test
  void aClockThatWasSetBack_addsNothing_andTakesNothing() {
    nanos.set(Duration.ofDays(1).toNanos());
    var buckets = new TokenBuckets<String>(new Rate(1, 2), Bound.none(), nanos::get);
    assertThat(buckets.take("a")).isTrue();
    pass(Duration.ofHours(-1));
    assertThat(taken(buckets, "a")).isEqualTo(1);
    pass(Duration.ofSeconds(1));
    assertThat(taken(buckets, "a")).isEqualTo(1);
  }

  @Test
  void beyondTheBound_whoIsTooManyShares_andWhoWasQuietMakesRoom() {
    var bound = new Bound<>(2, Optional.of("others"));
    var buckets = new TokenBuckets<>(new Rate(1, 2), bound, nanos::get);
    assertThat(taken(buckets, "a")).isEqualTo(2);
    assertThat(taken(buckets, "b")).isEqualTo(2);
    assertThat(buckets.take("c")).isTrue();
    assertThat(buckets.take("d")).isTrue();
    assertThat(buckets.take("e")).as("c, d and e share").isFalse();
    pass(Duration.ofSeconds(2));
    assertThat(taken(buckets, "f")).as("a and b were forgotten").isEqualTo(2);
  }

  @Test
  void forgettingFullOnes_givesNobodyMore() {
    var buckets = new TokenBuckets<String>(new Rate(1, 2), Bound.none(), nanos::get);
    assertThat(buckets.take("a")).isTrue();
    assertThat(buckets.take("a")).isTrue();
    pass(Duration.ofSeconds(1));
    buckets.forgetFull();
    assertThat(taken(buckets, "a")).isEqualTo(1);
  }
}
