package dev.credence.attestors;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Keeps many from waiting, one after the other, for somebody who does not answer. Once a question
/// was not answered in time, further ones fail at once; after a pause a single one is asked again,
/// and while it waits, the others still fail at once. Thread-safe.
///
/// @param <K> what silence is told apart by, so that one question that is never answered does not
///   silence the others
public final class Silence<K> {
  /// How long a silent one is not asked again.
  public static final Duration PAUSE = Duration.ofSeconds(5);

  private final LongSupplier nanos;
  private final Map<K, Fallen> silent;

  /// @param since when, on that clock
  /// @param tried somebody asks again just now
  private record Fallen(String message, long since, boolean tried) {}

  /// A question that may find silence.
  ///
  /// @param <T> the answer
  @FunctionalInterface
  public interface Question<T> {
    /// Blocks for a bounded time.
    T ask() throws NoAnswerException;
  }

  /// @param most how many silent ones are remembered; beyond, the one least asked for is forgotten
  /// @param nanos a clock that never steps
  public Silence(int most, LongSupplier nanos) {
    this.nanos = nanos;
    this.silent =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<K, Fallen> eldest) {
            return size() > most;
          }
        };
  }

  /// Asks, unless it is known that nobody answers.
  public <T> T ask(K whom, Question<T> question) throws NoAnswerException {
    boolean again = enter(whom);
    @Nullable Fallen after = null;
    try {
      return question.ask();
    } catch (NoAnswerException e) {
      if (e.kind() == NoAnswerException.Kind.SILENCE) {
        after = new Fallen(String.valueOf(e.getMessage()), nanos.getAsLong(), false);
      }
      throw e;
    } finally {
      leave(whom, again, after);
    }
  }

  /// Fails if it fell silent since the caller began to ask: for who had to wait for a turn. Whoever
  /// asks a silent one again passes.
  public void requireNone(K whom) throws NoAnswerException {
    synchronized (silent) {
      Fallen fallen = silent.get(whom);
      if (fallen != null && !fallen.tried) {
        throw still(fallen);
      }
    }
  }

  /// True: it is silent, and this is the one that asks again.
  private boolean enter(K whom) throws NoAnswerException {
    synchronized (silent) {
      Fallen fallen = silent.get(whom);
      if (fallen == null) {
        return false;
      }
      if (fallen.tried || nanos.getAsLong() - fallen.since < PAUSE.toNanos()) {
        throw still(fallen);
      }
      silent.put(whom, new Fallen(fallen.message, fallen.since, true));
      return true;
    }
  }

  private void leave(K whom, boolean again, @Nullable Fallen after) {
    synchronized (silent) {
      if (after != null) {
        silent.put(whom, after);
      } else if (again) {
        silent.remove(whom);
      }
    }
  }

  private static NoAnswerException still(Fallen fallen) {
    return NoAnswerException.notNow(
        fallen.message + " (asked a moment ago; asked again after " + PAUSE.toSeconds() + " s)",
        new IllegalStateException("silent"));
  }
}
