package dev.credence.server.store;

import dev.credence.server.core.port.Store;
import dev.credence.server.core.port.StoreException;
import dev.credence.server.core.port.StoreException.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// One write on its way: queued by its caller, run by the writer (perhaps again), answered after
/// the commit.
///
/// Even a refusal is answered only after the commit: it may rest on a write of the same batch that
/// then does not become durable.
final class PendingWrite<T, E extends Exception> {
  private enum Stage {
    QUEUED,
    TAKEN,
    WITHDRAWN
  }

  private final Store.Work<T, E> work;
  private final long since = System.nanoTime();
  private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.QUEUED);
  private final CompletableFuture<T> answer = new CompletableFuture<>();

  // Of the newest run; the writer's thread only.
  private @Nullable T result;
  private @Nullable Throwable failure;
  private List<Runnable> afterCommit = List.of();

  PendingWrite(Store.Work<T, E> work) {
    this.work = work;
  }

  /// How long it has been there, in nanoseconds.
  long age() {
    return System.nanoTime() - since;
  }

  /// The writer begins it, unless its caller has given up.
  boolean take() {
    return stage.compareAndSet(Stage.QUEUED, Stage.TAKEN);
  }

  /// The caller gives up, unless the writer has begun it.
  boolean withdraw() {
    return stage.compareAndSet(Stage.QUEUED, Stage.WITHDRAWN);
  }

  /// Runs the work, forgetting an earlier run.
  ///
  /// @return true if its changes are to be kept
  boolean run(SqlSession session) {
    SqlTransaction transaction = new SqlTransaction(session);
    result = null;
    failure = null;
    afterCommit = List.of();
    session.connection().claim();
    try {
      result = work.in(transaction);
      // Work that swallowed a failed statement has not done what it thinks.
      failure = session.connection().failure();
    } catch (Throwable e) {
      failure = e;
    }
    session.connection().release();
    List<Runnable> wanted = transaction.end();
    if (failure == null) {
      afterCommit = wanted;
    }
    return failure == null;
  }

  /// Its transaction is lost: the reason, unless the work's own failure is known.
  void lost(StoreException reason) {
    if (failure == null) {
      failure = reason;
    }
  }

  /// What to run after the commit.
  List<Runnable> afterCommit() {
    return afterCommit;
  }

  /// The commit is durable: the caller gets what the work returned or threw.
  void answer() {
    if (failure != null) {
      answer.completeExceptionally(failure);
    } else {
      complete();
    }
  }

  // T is whatever the work returns; a caller that returns null gets it back.
  @SuppressWarnings("NullAway")
  private void complete() {
    answer.complete(result);
  }

  /// The caller gets this, unless it was answered before.
  void fail(Outcome outcome, String message, Throwable cause) {
    answer.completeExceptionally(new StoreException(outcome, message, cause));
  }

  /// The caller has waited long enough: it gets no answer any more.
  void giveUp(Duration patience) {
    Outcome outcome = withdraw() ? Outcome.NOTHING_WRITTEN : Outcome.UNKNOWN;
    String message = "no answer after " + patience;
    fail(outcome, message, new TimeoutException(message));
  }

  /// Waits for the answer, or for [#giveUp]. An interrupt takes effect only while the write is
  /// queued; after that the outcome is worth the wait, and the interrupt is kept for the caller.
  T await() throws E {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return answer.get();
        } catch (InterruptedException e) {
          interrupted = true;
          if (withdraw()) {
            throw new StoreException(
                Outcome.NOTHING_WRITTEN, "interrupted before the write began", e);
          }
        } catch (ExecutionException e) {
          throw failure(e);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  // The work can throw nothing else that is checked.
  @SuppressWarnings("unchecked")
  private E failure(ExecutionException answer) {
    return switch (answer.getCause()) {
      case RuntimeException unchecked -> throw unchecked;
      case Error error -> throw error;
      case null -> throw new IllegalStateException("a failure without a cause", answer);
      default -> (E) answer.getCause();
    };
  }
}
