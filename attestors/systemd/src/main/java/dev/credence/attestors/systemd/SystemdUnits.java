package dev.credence.attestors.systemd;

import dev.credence.attestors.NoAnswerException;
import dev.credence.attestors.Silence;
import dev.credence.attestors.systemd.BusLink.Deadline;
import dev.credence.transport.TrustedSocket;
import dev.credence.transport.UnsafeSocketException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Asks systemd on the system bus. One connection, made at the first question and anew when it
/// broke; one question at a time, each in bounded time. Thread-safe.
final class SystemdUnits implements Units {
  private final TrustedSocket socket;
  private final Self self;
  private final Duration patience;
  private final Silence<SystemdUnits> silence;
  private final ReentrantLock turn = new ReentrantLock(true);

  // Guarded by turn.
  private @Nullable SystemdSession session;

  /// Who this daemon is.
  record Self(int uid, long pid) {}

  /// @param nanos a clock that never steps
  SystemdUnits(TrustedSocket socket, Self self, Duration patience, LongSupplier nanos) {
    this.silence = new Silence<>(1, nanos);
    this.socket = socket;
    this.self = self;
    this.patience = patience;
  }

  @Override
  public Optional<Unit> of(int pid) throws NoAnswerException {
    return silence.ask(this, () -> inTurn(pid));
  }

  private Optional<Unit> inTurn(int pid) throws NoAnswerException {
    requireTurn();
    try {
      silence.requireNone(this);
      boolean fresh = session == null;
      try {
        return ask(pid);
      } catch (NoAnswerException e) {
        if (fresh || !e.isPassing() || isLate()) {
          throw e;
        }
        // The bus may have been started again since; this says nothing about the process.
        drop();
        return ask(pid);
      } finally {
        dropIfOver();
      }
    } finally {
      turn.unlock();
    }
  }

  private void requireTurn() throws NoAnswerException {
    try {
      if (turn.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw NoAnswerException.notNow(
        "other questions to systemd are under way", new IllegalStateException("no turn in time"));
  }

  private Optional<Unit> ask(int pid) throws NoAnswerException {
    SystemdSession current = session;
    if (current == null) {
      current = open();
      session = current;
    }
    try (Deadline _ = current.within(patience)) {
      return current.unitOf(pid);
    } catch (MalformedMessageException e) {
      current.close();
      throw NoAnswerException.useless("systemd's answer is no good: " + e.getMessage(), e);
    } catch (IOException e) {
      current.close();
      throw failure(e, current.isLate());
    }
  }

  private SystemdSession open() throws NoAnswerException {
    SystemdSession opened = null;
    try {
      opened = SystemdSession.make();
      try (Deadline _ = opened.within(patience)) {
        // Each time: what was checked at the start may have been changed by root since.
        opened.open(socket.requireSafe(), self);
      }
      return opened;
    } catch (UnsafeSocketException | MalformedMessageException e) {
      closeIfThere(opened);
      throw NoAnswerException.useless(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      boolean late = opened != null && opened.isLate();
      closeIfThere(opened);
      throw failure(e, late);
    }
  }

  private static void closeIfThere(@Nullable SystemdSession opened) {
    if (opened != null) {
      opened.close();
    }
  }

  private NoAnswerException failure(IOException e, boolean late) {
    if (e instanceof ClosedByInterruptException) {
      Thread.currentThread().interrupt();
    }
    return late
        ? NoAnswerException.silence(
            "no answer on " + socket.path() + " within " + patience.toMillis() + " ms", e)
        : NoAnswerException.notNow("no answer on " + socket.path() + ": " + e.getMessage(), e);
  }

  private boolean isLate() {
    return session != null && session.isLate();
  }

  private void dropIfOver() {
    if (session != null && session.isOver()) {
      drop();
    }
  }

  private void drop() {
    if (session != null) {
      session.close();
      session = null;
    }
  }

  @Override
  public void close() {
    turn.lock();
    try {
      drop();
    } finally {
      turn.unlock();
    }
  }
}
