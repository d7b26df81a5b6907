package dev.credence.node.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("looks at a copy that the program's user could change")
class CopyLooksTest {
  private static final CopyLooks.Patience SHORT =
      new CopyLooks.Patience(Duration.ofSeconds(1), Duration.ofMillis(50), Duration.ofMinutes(2));

  private final AtomicLong now = new AtomicLong();
  private final AtomicInteger looks = new AtomicInteger();

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  @Test
  @DisplayName("a look counts for a second, and a change for ever")
  void fresh() {
    var intact = new AtomicBoolean(true);
    var copy =
        new CopyLooks(
            () -> {
              looks.incrementAndGet();
              return intact.get();
            },
            now::get,
            CopyLooks.USUAL);
    assertThat(copy.isIntact()).isTrue();
    assertThat(copy.isIntact()).isTrue();
    assertThat(looks).hasValue(1);
    pass(Duration.ofSeconds(2));
    intact.set(false);
    assertThat(copy.isIntact()).isFalse();
    pass(Duration.ofSeconds(2));
    intact.set(true);
    assertThat(copy.isIntact()).isFalse();
    assertThat(looks).hasValue(2);
  }

  @Test
  @DisplayName(
      "one that never ends holds nobody up, is not begun anew, and is a finding in the end")
  void hangs() throws Exception {
    var never = new CountDownLatch(1);
    var copy =
        new CopyLooks(
            () -> {
              looks.incrementAndGet();
              try {
                never.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return true;
            },
            now::get,
            SHORT);
    assertThat(copy.isIntact()).isTrue();
    pass(Duration.ofMinutes(1));
    assertThat(copy.isIntact()).isTrue();
    assertThat(looks).hasValue(1);
    pass(Duration.ofMinutes(2));
    assertThat(copy.isIntact()).isFalse();
    never.countDown();
    assertThat(copy.isIntact()).as("what it says later does not count").isFalse();
  }

  @Test
  @DisplayName("one that fails is a finding")
  void fails() {
    var copy =
        new CopyLooks(
            () -> {
              throw new IllegalStateException("a look that fails, as this test wants it");
            },
            now::get,
            CopyLooks.USUAL);
    assertThat(copy.isIntact()).isFalse();
  }
}
