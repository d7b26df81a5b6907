package dev.credence.platform.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ExitWatchTest {
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void stop() {
    executor.shutdownNow();
  }

  private static void await(CountDownLatch latch) throws InterruptedException {
    assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void tellsAnExitOnce() throws Exception {
    var told = new CountDownLatch(1);
    var times = new AtomicInteger();
    try (ExitWatch watch = ExitWatch.start(executor);
        Child child = Child.idle();
        Pidfd pidfd = Pidfd.open(child.pid())) {
      watch.watch(
          pidfd,
          () -> {
            times.incrementAndGet();
            told.countDown();
          });
      assertThat(told.getCount()).isOne();
      child.kill();
      await(told);

      assertThat(watch.size()).isZero();
    }
    assertThat(times).hasValue(1);
  }

  @Test
  void tellsAnExitThatIsPast() throws Exception {
    var told = new CountDownLatch(1);
    try (ExitWatch watch = ExitWatch.start(executor);
        Child child = Child.idle();
        Pidfd pidfd = Pidfd.open(child.pid())) {
      child.kill();
      watch.watch(pidfd, told::countDown);

      await(told);
    }
  }

  @Test
  void outlivesTheHandleThatItWasGiven() throws Exception {
    var told = new CountDownLatch(1);
    try (ExitWatch watch = ExitWatch.start(executor);
        Child child = Child.idle()) {
      try (Pidfd pidfd = Pidfd.open(child.pid())) {
        watch.watch(pidfd, told::countDown);
      }
      child.kill();

      await(told);
    }
  }

  @Test
  void whatIsNoLongerWatchedIsNotTold() throws Exception {
    var wrong = new AtomicInteger();
    var told = new CountDownLatch(1);
    try (ExitWatch watch = ExitWatch.start(executor);
        Child child = Child.idle();
        Child other = Child.idle();
        Pidfd pidfd = Pidfd.open(child.pid());
        Pidfd otherPidfd = Pidfd.open(other.pid())) {
      ExitWatch.Watched watched = watch.watch(pidfd, wrong::incrementAndGet);
      watch.watch(otherPidfd, told::countDown);
      watched.close();
      watched.close();
      child.kill();
      other.kill();
      await(told);

      assertThat(wrong).hasValue(0);
      assertThat(watch.size()).isZero();
    }
  }

  @Test
  void aCallbackThatBlocksOrThrowsHoldsUpNobody() throws Exception {
    var never = new CountDownLatch(1);
    var told = new CountDownLatch(1);
    try (ExitWatch watch = ExitWatch.start(executor);
        Child first = Child.idle();
        Child second = Child.idle();
        Child third = Child.idle();
        Pidfd one = Pidfd.open(first.pid());
        Pidfd two = Pidfd.open(second.pid());
        Pidfd three = Pidfd.open(third.pid())) {
      watch.watch(one, () -> assertThat(awaitQuietly(never)).isTrue());
      watch.watch(
          two,
          () -> {
            never.countDown();
            throw new IllegalStateException("as a callback may");
          });
      watch.watch(three, told::countDown);
      first.kill();
      second.kill();
      third.kill();

      await(told);
    }
  }

  @Test
  void anExecutorThatRefusesEndsNothing() throws Exception {
    var refused = new CountDownLatch(1);
    var told = new CountDownLatch(1);
    var first = new AtomicInteger();
    Executor picky =
        task -> {
          if (first.getAndIncrement() == 0) {
            refused.countDown();
            throw new RejectedExecutionException("as a full executor does");
          }
          executor.execute(task);
        };
    try (ExitWatch watch = ExitWatch.start(picky);
        Child one = Child.idle();
        Child two = Child.idle();
        Pidfd onePidfd = Pidfd.open(one.pid());
        Pidfd twoPidfd = Pidfd.open(two.pid())) {
      watch.watch(onePidfd, () -> {});
      watch.watch(twoPidfd, told::countDown);
      one.kill();
      await(refused);
      two.kill();

      await(told);
    }
  }

  private static boolean awaitQuietly(CountDownLatch latch) {
    try {
      return latch.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Test
  void watchesThousandsWithOneThread() throws Exception {
    int processes = 20;
    int each = 100;
    var told = new CountDownLatch(processes * each);
    List<Child> children = new ArrayList<>();
    try (ExitWatch watch = ExitWatch.start(executor)) {
      for (int i = 0; i < processes; i++) {
        Child child = Child.idle();
        children.add(child);
        try (Pidfd pidfd = Pidfd.open(child.pid())) {
          for (int j = 0; j < each; j++) {
            watch.watch(pidfd, told::countDown);
          }
        }
      }
      assertThat(watch.size()).isEqualTo(processes * each);
      children.forEach(Child::kill);

      await(told);
    } finally {
      children.forEach(Child::close);
    }
  }

  @Test
  void afterCloseNothingIsToldAndNothingWatched() throws Exception {
    var wrong = new AtomicInteger();
    try (Child child = Child.idle();
        Pidfd pidfd = Pidfd.open(child.pid())) {
      ExitWatch watch = ExitWatch.start(executor);
      ExitWatch.Watched watched = watch.watch(pidfd, wrong::incrementAndGet);
      watch.close();
      watch.close();
      watched.close();
      child.kill();

      assertThatThrownBy(() -> watch.watch(pidfd, wrong::incrementAndGet))
          .isInstanceOf(IllegalStateException.class);
      assertThat(wrong).hasValue(0);
    }
  }
}
