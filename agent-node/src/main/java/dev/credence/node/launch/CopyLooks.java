package dev.credence.node.launch;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/// Looks at a copy that the program's user could change. Each look has a thread of its own, one at
/// a time: that user can mount a file system of its own on the way, which answers when it likes.
/// Thread-safe.
final class CopyLooks {
  static final Patience USUAL =
      new Patience(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofMinutes(2));

  private final BooleanSupplier look;
  private final LongSupplier nanos;
  private final Patience patience;
  private Optional<Looking> looking = Optional.empty();
  private long lookedAt;
  private boolean looked;
  private boolean intact;

  /// How long.
  ///
  /// @param fresh a look counts
  /// @param each is waited for one; what it finds later counts at the next
  /// @param hung one may take before the copy counts as changed
  record Patience(Duration fresh, Duration each, Duration hung) {}

  private record Looking(CompletableFuture<Boolean> answer, long since) {}

  /// @param look may read all of the copy
  /// @param nanos a clock that never steps
  CopyLooks(BooleanSupplier look, LongSupplier nanos, Patience patience) {
    this.look = look;
    this.nanos = nanos;
    this.patience = patience;
  }

  /// A copy that was changed once stays so: the program may have read it.
  boolean isIntact() {
    Optional<Looking> begun = begin();
    if (begun.isPresent()) {
      await(begun.get().answer());
    }
    return conclude();
  }

  private synchronized Optional<Looking> begin() {
    boolean lasts =
        looked && (!intact || nanos.getAsLong() - lookedAt < patience.fresh().toNanos());
    if (!lasts && looking.isEmpty()) {
      var begun = new Looking(new CompletableFuture<>(), nanos.getAsLong());
      Thread.ofPlatform().name("look-at-copy").daemon().start(() -> look(begun));
      looking = Optional.of(begun);
    }
    return lasts ? Optional.empty() : looking;
  }

  private void look(Looking begun) {
    boolean found = false;
    try {
      found = look.getAsBoolean();
    } finally {
      note(begun, found);
    }
  }

  private synchronized void note(Looking begun, boolean found) {
    intact = found && (intact || !looked);
    looked = true;
    lookedAt = nanos.getAsLong();
    looking = Optional.empty();
    begun.answer().complete(found);
  }

  private void await(CompletableFuture<Boolean> answer) {
    try {
      var _ = answer.get(patience.each().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return; // it goes on
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean conclude() {
    boolean hangs =
        looking.isPresent()
            && nanos.getAsLong() - looking.get().since() > patience.hung().toNanos();
    if (hangs) {
      looked = true;
      intact = false;
    }
    return !looked || intact;
  }
}
