package dev.credence.server.core.testing;

import dev.credence.server.core.port.Store;
import dev.credence.server.core.port.StoreException;
import dev.credence.server.core.port.StoreException.Outcome;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A store that can be read all the time, and written only while its disk does not hang.
/// Thread-safe.
public final class StuckWriter implements Store {
  private static final int LONGEST_SECONDS = 20;

  private final Store store;
  private final AtomicInteger attempts = new AtomicInteger();
  private final CountDownLatch hanging = new CountDownLatch(1);
  private volatile @Nullable CountDownLatch until;
  private volatile boolean failing;

  public StuckWriter(Store store) {
    this.store = store;
  }

  /// Writes fail from now on, or do not.
  public void fails(boolean fail) {
    failing = fail;
  }

  /// Writes hang from now on, until [#letGo], and then fail.
  public void hangs() {
    until = new CountDownLatch(1);
  }

  public void letGo() {
    CountDownLatch latch = until;
    if (latch != null) {
      latch.countDown();
    }
  }

  /// Returns when a write hangs.
  public void awaitHanging() throws InterruptedException {
    if (!hanging.await(LONGEST_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException("no write came");
    }
  }

  /// How many writes were begun.
  public int attempts() {
    return attempts.get();
  }

  @Override
  public <T, E extends Exception> T write(Work<T, E> work) throws E {
    attempts.incrementAndGet();
    CountDownLatch latch = until;
    if (latch != null) {
      hanging.countDown();
      await(latch);
    }
    if (latch != null || failing) {
      throw new StoreException(Outcome.NOTHING_WRITTEN, "the disk hangs", new IOException("hangs"));
    }
    return store.write(work);
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(LONGEST_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("never let go");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException(Outcome.NOTHING_WRITTEN, "interrupted", e);
    }
  }

  @Override
  public <T, E extends Exception> T read(Query<T, E> query) throws E {
    return store.read(query);
  }

  @Override
  public void close() {
    store.close();
  }
}
