package dev.credence.platform.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DescriptorTest {
  private static Descriptor open() throws IOException {
    try (var libc = Libc.frame()) {
      return Descriptor.of(libc.eventfd(0), "eventfd");
    }
  }

  private static boolean isOpen(int number) {
    return Files.exists(Path.of("/proc/self/fd/" + number), LinkOption.NOFOLLOW_LINKS);
  }

  @Test
  void isGivenBackAtOnceIfNobodyUsesIt_andOnceOnly() throws IOException {
    Descriptor descriptor = open();
    int number = descriptor.number();
    assertThat(isOpen(number)).isTrue();

    descriptor.close();
    assertThat(isOpen(number)).isFalse();
    assertThatThrownBy(descriptor::number)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("eventfd was closed");

    // The kernel gives out the lowest free numbers.
    List<Descriptor> next = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      next.add(open());
    }
    descriptor.close();
    assertThat(next).as("after a second close").allMatch(it -> isOpen(it.number()));
    next.forEach(Descriptor::close);
  }

  @Test
  void theLastUseGivesItBack_andNoneBeginsAfterTheClose() throws Exception {
    Descriptor descriptor = open();
    int number = descriptor.number();
    var inUse = new CountDownLatch(2);
    var first = new CountDownLatch(1);
    var second = new CountDownLatch(1);
    // Not the common pool: that may have one thread.
    Executor threads = task -> Thread.ofVirtual().start(task);
    var one = CompletableFuture.runAsync(() -> use(descriptor, inUse, first), threads);
    var other = CompletableFuture.runAsync(() -> use(descriptor, inUse, second), threads);
    assertThat(inUse.await(30, TimeUnit.SECONDS)).isTrue();

    descriptor.close();
    assertThat(isOpen(number)).as("with two uses under way").isTrue();
    assertThatThrownBy(() -> descriptor.use(fd -> fd)).isInstanceOf(IllegalStateException.class);

    first.countDown();
    one.get(30, TimeUnit.SECONDS);
    assertThat(isOpen(number)).as("with one use under way").isTrue();
    second.countDown();
    other.get(30, TimeUnit.SECONDS);
    assertThat(isOpen(number)).as("after the last use").isFalse();
  }

  private static void use(Descriptor descriptor, CountDownLatch begun, CountDownLatch until) {
    boolean ended =
        descriptor.use(fd -> {
          begun.countDown();
          return await(until);
        });
    assertThat(ended).isTrue();
  }

  private static boolean await(CountDownLatch until) {
    try {
      return until.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
