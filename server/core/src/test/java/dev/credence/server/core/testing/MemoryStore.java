package dev.credence.server.core.testing;

import dev.credence.certs.Id;
import dev.credence.server.core.model.Node;
import dev.credence.server.core.model.NodeState;
import dev.credence.server.core.port.Store;
import dev.credence.server.core.port.StoreException;
import dev.credence.server.core.port.StoreException.Outcome;
import dev.credence.server.core.port.Transaction;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A store in memory that fails on command. As unkind as a real one: everything runs on a thread of
/// its own, work runs twice (what it did the first time is rolled back), and a call from within a
/// transaction is refused. Thread-safe.
public final class MemoryStore implements Store {
  /// How a write can fail.
  public enum Failure {
    /// It did not happen, and that is known.
    NOTHING_WRITTEN,
    /// It did not happen, but nobody knows.
    LOST,
    /// It happened, but nobody knows: nothing runs after the commit.
    WRITTEN_UNKNOWN
  }

  private final AtomicReference<@Nullable Thread> writer = new AtomicReference<>();
  private final ExecutorService executor =
      Executors.newSingleThreadExecutor(task -> {
        Thread thread = Thread.ofPlatform().name("memory-store").daemon().unstarted(task);
        writer.set(thread);
        return thread;
      });
  private final AtomicReference<@Nullable Failure> nextWrite = new AtomicReference<>();
  private final AtomicInteger failingReads = new AtomicInteger();
  private final AtomicInteger writes = new AtomicInteger();
  private final AtomicReference<Runnable> beforeWrite = new AtomicReference<>(() -> {});
  private final MemoryTransaction tables;
  private volatile boolean closed;

  public MemoryStore() {
    this(new Id(0x5eed, 1));
  }

  public MemoryStore(Id epoch) {
    this.tables = new MemoryTransaction(epoch);
    tables.undo.clear();
  }

  /// The next write fails in this way.
  public void failNextWrite(Failure failure) {
    nextWrite.set(failure);
  }

  /// That many reads fail from now on.
  public void failReads(int count) {
    failingReads.set(count);
  }

  /// Runs once, before the next write begins, on the store's thread.
  public void beforeNextWrite(Runnable action) {
    beforeWrite.set(action);
  }

  /// How many writes were committed.
  public int writes() {
    return writes.get();
  }

  /// How many answers are remembered.
  public int answers() {
    return onThread(tables::answers);
  }

  /// Changes the data behind everybody's back: no events, nothing published.
  public void tamper(Consumer<Transaction> change) {
    boolean _ =
        onThread(() -> {
          change.accept(tables);
          tables.undo.clear();
          tables.afterCommit.clear();
          return true;
        });
  }

  /// As an administrator of a later version will.
  public void tamperNode(Id node, NodeState state) {
    tamper(tx -> {
      Node found = tx.nodes().find(node).orElseThrow();
      tx.nodes().update(new Node(node, state, found.origin(), found.key(), found.presence()));
    });
  }

  @Override
  public <T, E extends Exception> T write(Work<T, E> work) throws E {
    return onThread(() -> {
      beforeWrite.getAndSet(() -> {}).run();
      Failure failure = nextWrite.getAndSet(null);
      if (failure == Failure.NOTHING_WRITTEN) {
        throw failed(Outcome.NOTHING_WRITTEN);
      }
      attempt(work);
      rollBack();
      T result = attempt(work);
      if (failure == Failure.LOST) {
        rollBack();
        throw failed(Outcome.UNKNOWN);
      }
      commit(failure);
      return result;
    });
  }

  private void commit(@Nullable Failure failure) {
    List<Runnable> actions = List.copyOf(tables.afterCommit);
    tables.undo.clear();
    tables.afterCommit.clear();
    if (failure == Failure.WRITTEN_UNKNOWN) {
      throw failed(Outcome.UNKNOWN);
    }
    writes.incrementAndGet();
    actions.forEach(Runnable::run);
  }

  private <T, E extends Exception> T attempt(Work<T, E> work) throws E {
    boolean done = false;
    try {
      T result = work.in(tables);
      done = true;
      return result;
    } catch (Table.Conflict e) {
      throw new StoreException(Outcome.NOTHING_WRITTEN, "constraint failed: " + e.getMessage(), e);
    } finally {
      if (!done) {
        rollBack();
      }
    }
  }

  private void rollBack() {
    while (!tables.undo.isEmpty()) {
      tables.undo.pop().run();
    }
    tables.afterCommit.clear();
  }

  @Override
  public <T, E extends Exception> T read(Query<T, E> query) throws E {
    return onThread(() -> {
      if (failingReads.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        throw failed(Outcome.NOTHING_WRITTEN);
      }
      return query.in(tables);
    });
  }

  private static StoreException failed(Outcome outcome) {
    return new StoreException(outcome, "commanded to fail", new IOException("commanded"));
  }

  // What the task throws is E or unchecked.
  @SuppressWarnings("unchecked")
  private <T, E extends Exception> T onThread(Callable<T> task) throws E {
    if (Thread.currentThread().equals(writer.get())) {
      throw new IllegalStateException("the store was called inside a write or after-commit action");
    }
    if (closed) {
      throw new StoreException(
          Outcome.NOTHING_WRITTEN, "the database is closed", new IllegalStateException("closed"));
    }
    try {
      return executor.submit(task).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException(Outcome.UNKNOWN, "interrupted", e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException unchecked -> throw unchecked;
        case Error error -> throw error;
        case null -> throw new IllegalStateException("a failure without a cause", e);
        default -> throw (E) e.getCause();
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    executor.shutdown();
  }
}
