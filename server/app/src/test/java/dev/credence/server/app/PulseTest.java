package dev.credence.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class PulseTest {
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicReference<Optional<String>> problem = new AtomicReference<>(Optional.empty());
  private final List<Optional<String>> told = new CopyOnWriteArrayList<>();

  private static void until(Pulse pulse, java.util.function.BooleanSupplier done) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!done.getAsBoolean()) {
      assertThat(System.nanoTime()).as("not in time").isLessThan(deadline);
      pulse.look();
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Test
  void aProblem_isToldOnce_andItsEndToo() {
    Pulse pulse = new Pulse(problem::get, nanos::get, told::add);
    problem.set(Optional.of("away"));
    until(pulse, () -> !told.isEmpty());
    problem.set(Optional.empty());
    until(pulse, () -> told.size() > 1);
    assertThat(told).containsExactly(Optional.of("away"), Optional.empty());
  }

  @Test
  void whoDoesNotAnswer_doesNotServe_untilItAnswers() {
    CountDownLatch answers = new CountDownLatch(1);
    Pulse pulse =
        new Pulse(
            () -> {
              try {
                answers.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return Optional.empty();
            },
            nanos::get,
            told::add);
    pulse.look();
    pulse.look();
    assertThat(told).isEmpty();
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(3));
    pulse.look();
    assertThat(told).containsExactly(Optional.of("the database does not answer"));
    answers.countDown();
    until(pulse, () -> told.size() > 1);
    assertThat(told.getLast()).isEmpty();
  }
}
