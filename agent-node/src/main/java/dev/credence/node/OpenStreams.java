package dev.credence.node;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The open streams of all callers, so that it can be said when each of them was handed a new
/// bundle. One that takes nothing for 30 seconds is closed. Thread-safe.
final class OpenStreams implements AutoCloseable {
  static final Duration LONGEST_STALL = Duration.ofSeconds(30);

  /// A stream that can be asked to hand over what is new.
  interface Stream {
    /// Calls back once what is the newest now was handed to the transport, or there is nothing to
    /// hand over, or it is closed. Must not block.
    void handOver(Runnable done);

    /// Ends it, because it takes nothing.
    void endStalled();
  }

  private final Timers timers;
  private final Set<Stream> open = ConcurrentHashMap.newKeySet();

  // Guarded by this object.
  private @Nullable Round current;
  private boolean closed;

  OpenStreams(Timers timers) {
    this.timers = timers;
  }

  void add(Stream stream) {
    open.add(stream);
  }

  void remove(Stream stream) {
    open.remove(stream);
  }

  /// Hands what is new to all streams that are open now, and then says so. A newer round takes an
  /// unfinished one's place.
  void handOver(Runnable allDone) {
    var round = new Round(List.copyOf(open), allDone);
    synchronized (this) {
      if (closed) {
        return;
      }
      if (current != null) {
        current.cancel();
      }
      current = round;
    }
    round.begin();
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (current != null) {
      current.cancel();
    }
  }

  private final class Round {
    private final List<Stream> streams;
    private final Runnable allDone;

    // Guarded by this object.
    private final Set<Stream> waiting;
    private Timers.@Nullable Timer timer;
    private boolean over;

    Round(List<Stream> streams, Runnable allDone) {
      this.streams = streams;
      this.waiting = new HashSet<>(streams);
      this.allDone = allDone;
    }

    void begin() {
      synchronized (this) {
        if (!over && !streams.isEmpty()) {
          timer = timers.after(LONGEST_STALL, this::closeStalled);
        }
      }
      streams.forEach(stream -> stream.handOver(() -> done(stream)));
      finishIfAll();
    }

    private void done(Stream stream) {
      synchronized (this) {
        waiting.remove(stream);
      }
      finishIfAll();
    }

    private void finishIfAll() {
      synchronized (this) {
        if (over || !waiting.isEmpty()) {
          return;
        }
        over = true;
        if (timer != null) {
          timer.cancel();
        }
      }
      allDone.run();
    }

    private void closeStalled() {
      List<Stream> stalled;
      synchronized (this) {
        stalled = over ? List.of() : List.copyOf(waiting);
      }
      stalled.forEach(Stream::endStalled);
    }

    synchronized void cancel() {
      over = true;
      if (timer != null) {
        timer.cancel();
      }
    }
  }
}
