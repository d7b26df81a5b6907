package dev.credence.e2e.attacks;

import dev.credence.node.PointListener;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Holds a node at a point, the first time that it comes there, until it is let go. Thread-safe.
final class HeldPoint implements PointListener {
  private static final long SECONDS = 60;

  private final Point held;
  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch free = new CountDownLatch(1);

  HeldPoint(Point held) {
    this.held = held;
  }

  @Override
  public void reached(Point point) {
    if (point == held) {
      reached.countDown();
      await(free);
    }
  }

  /// Waits until the node is there.
  void awaitReached() {
    await(reached);
  }

  void letGo() {
    free.countDown();
  }

  private void await(CountDownLatch latch) {
    try {
      if (!latch.await(SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("nobody came to " + held + ", or let it go");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
