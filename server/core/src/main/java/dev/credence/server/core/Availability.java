package dev.credence.server.core;

import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.port.StoreException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Whether anything may be answered. After a write of unknown outcome memory and database may
/// differ: then every call is UNAVAILABLE until the state was loaded again, which the next call
/// tries, one at a time. Thread-safe.
final class Availability {
  private final Runnable reload;
  private final ReentrantLock reloading = new ReentrantLock();
  private final AtomicLong troubles = new AtomicLong();
  private volatile long mended;
  private volatile @Nullable String stopped;

  /// @param reload loads everything that is kept in memory; throws a [StoreException] if it cannot
  Availability(Runnable reload) {
    this.reload = reload;
  }

  /// Passes while all is well.
  void require() throws ServerException {
    String why = stopped;
    if (why != null) {
      throw new ServerException(Kind.UNAVAILABLE, why);
    }
    if (mended != troubles.get()) {
      mend();
    }
  }

  private void mend() throws ServerException {
    if (!reloading.tryLock()) {
      throw new ServerException(
          Kind.UNAVAILABLE,
          "the server is reading its state again after trouble with the database");
    }
    try {
      long seen = troubles.get();
      if (mended != seen) {
        reload.run();
        mended = seen;
      }
    } catch (StoreException e) {
      throw new ServerException(
          Kind.UNAVAILABLE, "the server cannot read its state after trouble with the database", e);
    } finally {
      reloading.unlock();
    }
  }

  /// A write may or may not have happened.
  void outcomeUnknown() {
    troubles.incrementAndGet();
  }

  /// From now on every call is refused.
  ///
  /// @param why what callers are told
  void stop(String why) {
    stopped = why;
  }
}
