package dev.credence.server.store;

import dev.credence.server.core.port.Store;
import dev.credence.server.core.port.StoreException;
import dev.credence.server.core.port.StoreException.Outcome;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A few connections that only read. The one used last is used next, since its pages are in memory.
final class Readers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Readers.class);

  private final BatchRunner.Opener opener;
  private final Duration patience;
  private final List<Slot> slots = new ArrayList<>();
  private final LinkedBlockingDeque<Slot> idle = new LinkedBlockingDeque<>();

  Readers(StoreSettings settings, BatchRunner.Opener opener) {
    this.opener = opener;
    this.patience = settings.patience();
    for (int i = 0; i < settings.readers(); i++) {
      slots.add(new Slot());
    }
    idle.addAll(slots);
  }

  <T, E extends Exception> T read(Store.Query<T, E> query) throws E {
    refuseNested();
    Slot slot = borrow();
    try {
      return in(slot, query);
    } finally {
      idle.addFirst(slot);
    }
  }

  /// A read within a read holds two connections; enough callers doing so would wait for each other.
  private void refuseNested() {
    for (Slot slot : slots) {
      if (Thread.currentThread().equals(slot.user)) {
        throw new IllegalStateException("a read inside a read (expected: use the view)");
      }
    }
  }

  private Slot borrow() {
    try {
      Slot slot = idle.pollFirst(patience.toNanos(), TimeUnit.NANOSECONDS);
      if (slot == null) {
        throw new StoreException(
            Outcome.NOTHING_WRITTEN,
            "no reader is free after " + patience,
            new TimeoutException("all readers busy"));
      }
      return slot;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException(
          Outcome.NOTHING_WRITTEN, "interrupted while waiting for a reader", e);
    }
  }

  private <T, E extends Exception> T in(Slot slot, Store.Query<T, E> query) throws E {
    SqlSession session = begin(slot);
    slot.user = Thread.currentThread();
    session.connection().claim();
    try {
      return query.in(new SqlView(session));
    } finally {
      session.connection().release();
      slot.user = null;
      end(slot, session);
    }
  }

  private SqlSession begin(Slot slot) {
    try {
      SqlSession known = slot.session;
      if (known != null && begun(known)) {
        return known;
      }
      slot.discard();
      SqlSession fresh = opener.open();
      slot.session = fresh;
      fresh.connection().execute(opener.dialect().beginRead());
      return fresh;
    } catch (SQLException e) {
      slot.discard();
      throw new StoreException(Outcome.NOTHING_WRITTEN, "database: " + e.getMessage(), e);
    }
  }

  /// @return false if the connection was lost since it was last used
  private boolean begun(SqlSession session) throws SQLException {
    try {
      session.connection().execute(opener.dialect().beginRead());
      return true;
    } catch (SQLException e) {
      if (opener.dialect().isConnectionLost(e)) {
        return false;
      }
      throw e;
    }
  }

  private static void end(Slot slot, SqlSession session) {
    try {
      session.connection().execute("ROLLBACK");
    } catch (SQLException e) {
      LOG.warn("ending a read failed; its connection is replaced", e);
      slot.discard();
    }
  }

  /// Waits for running reads as long as its patience.
  @Override
  public void close() {
    for (int i = 0; i < slots.size(); i++) {
      try {
        borrow().discard();
      } catch (StoreException e) {
        LOG.warn("a read did not end", e);
      }
    }
  }

  /// A place for one connection, opened when first needed.
  private static final class Slot {
    private @Nullable SqlSession session;
    private volatile @Nullable Thread user;

    private void discard() {
      SqlSession old = session;
      session = null;
      if (old != null) {
        try {
          old.connection().close();
        } catch (SQLException e) {
          LOG.warn("closing a reading connection failed", e);
        }
      }
    }
  }
}
