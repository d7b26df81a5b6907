package dev.credence.server.store;

import dev.credence.server.core.port.Store;
import dev.credence.server.core.port.StoreException;
import dev.credence.server.core.port.StoreException.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one writer: a thread that takes what is waiting, runs it in one transaction, commits once,
/// answers all. While it commits the next batch gathers, so batches grow with the load and a lone
/// write waits for nobody.
final class GroupCommit implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);

  private final StoreSettings settings;
  private final BatchRunner runner;
  private final ArrayBlockingQueue<PendingWrite<?, ?>> queue;
  private final Thread thread;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Patience patience;
  private volatile boolean closing;
  private volatile @Nullable StoreException broken;

  private GroupCommit(StoreSettings settings, BatchRunner.Opener opener) {
    this.settings = settings;
    this.queue = new ArrayBlockingQueue<>(settings.queue());
    this.patience = new Patience(settings.patience(), ended);
    this.runner = new BatchRunner(opener, settings.listener(), queue::size);
    this.thread = Thread.ofPlatform().name("store-writer").daemon().unstarted(this::work);
  }

  static GroupCommit start(StoreSettings settings, BatchRunner.Opener opener) {
    GroupCommit commits = new GroupCommit(settings, opener);
    commits.thread.start();
    commits.patience.start();
    return commits;
  }

  <T, E extends Exception> T write(Store.Work<T, E> work) throws E {
    PendingWrite<T, E> write = new PendingWrite<>(work);
    refuseHere();
    requireOpen();
    enqueue(write);
    // The writer empties the queue when it ends; what came later nobody takes.
    if (ended.getCount() == 0 && write.withdraw()) {
      requireOpen();
    }
    return patience.await(write);
  }

  /// Writes that wait for the writer now.
  int queued() {
    return queue.size();
  }

  /// On the writer's thread a call that waits for the writer would wait for ever, and a read would
  /// not see what the transaction wrote.
  void refuseHere() {
    if (Thread.currentThread().equals(thread)) {
      throw new IllegalStateException(
          "the store was called inside a write or after-commit action (expected: use the transaction)");
    }
  }

  /// @throws StoreException closed, or broken by a commit whose outcome is unknown
  void requireOpen() {
    StoreException reason = broken;
    if (reason != null) {
      throw new StoreException(
          Outcome.NOTHING_WRITTEN, "the database stopped: " + reason.getMessage(), reason);
    }
    if (closing) {
      throw closed();
    }
  }

  private static StoreException closed() {
    return new StoreException(
        Outcome.NOTHING_WRITTEN, "the database is closed", new IllegalStateException("closed"));
  }

  private void enqueue(PendingWrite<?, ?> write) {
    try {
      if (!queue.offer(write, settings.patience().toNanos(), TimeUnit.NANOSECONDS)) {
        throw new StoreException(
            Outcome.NOTHING_WRITTEN,
            "no place in the queue after "
                + settings.patience()
                + " (limit: "
                + settings.queue()
                + " writes)",
            new TimeoutException("queue full"));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException(
          Outcome.NOTHING_WRITTEN, "interrupted while waiting for a place in the queue", e);
    }
  }

  private void work() {
    List<PendingWrite<?, ?>> batch = new ArrayList<>(settings.batch());
    try {
      while (!(closing && queue.isEmpty())) {
        takeInto(batch);
        if (!batch.isEmpty()) {
          runner.run(batch);
        }
        batch.clear();
      }
    } catch (UnknownOutcomeException e) {
      broken = e.failure();
    } catch (Throwable e) {
      // A defect, or no memory: nobody knows how far it got.
      broken = new StoreException(Outcome.UNKNOWN, "the writer failed: " + e, e);
    }
    end(batch);
  }

  private void takeInto(List<PendingWrite<?, ?>> batch) throws InterruptedException {
    // An interrupt that work left behind is not ours.
    boolean _ = Thread.interrupted();
    batch.add(queue.take());
    queue.drainTo(batch, settings.batch() - 1);
    batch.removeIf(write -> !write.take());
  }

  private void end(List<PendingWrite<?, ?>> batch) {
    StoreException reason = broken;
    if (reason == null) {
      runner.close();
    } else {
      // Of the batch, those that were not answered before.
      batch.forEach(write ->
          write.fail(Outcome.UNKNOWN, "the database stopped: " + reason.getMessage(), reason));
    }
    ended.countDown();
    List<PendingWrite<?, ?>> rest = new ArrayList<>();
    queue.drainTo(rest);
    StoreException cause = reason == null ? closed() : reason;
    rest.forEach(write -> write.fail(Outcome.NOTHING_WRITTEN, "the database stopped", cause));
    if (reason != null) {
      LOG.error("the database stopped, nothing is acknowledged any more", reason);
      settings.fatal().accept(reason);
    }
  }

  /// Takes no more.
  void refuseFurther() {
    closing = true;
  }

  /// Finishes what is queued, and ends; waits for that as long as its patience.
  @Override
  public void close() {
    refuseFurther();
    PendingWrite<Boolean, RuntimeException> wake = new PendingWrite<>(transaction -> true);
    // Withdrawn at once: it only wakes the writer. With a full queue, where it has no place, the
    // writer is awake.
    boolean _ = wake.withdraw() && queue.offer(wake);
    if (!Thread.currentThread().equals(thread)) {
      awaitEnd();
    }
  }

  private void awaitEnd() {
    try {
      if (!ended.await(settings.patience().toNanos(), TimeUnit.NANOSECONDS)) {
        LOG.warn("the writer did not end within {}", settings.patience());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
