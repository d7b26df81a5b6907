package dev.credence.node;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has the store of code look every hour for copies that nobody has used for too long: a node that
/// starts nothing any more would keep them for ever. Thread-safe.
final class CodeTidying implements AutoCloseable {
  static final Duration EVERY = Duration.ofHours(1);

  private static final Logger LOG = LoggerFactory.getLogger(CodeTidying.class);

  private final Runnable collect;
  private final Timers timers;
  private Timers.Timer next;
  private boolean closed;

  private CodeTidying(Runnable collect, Timers timers) {
    this.collect = collect;
    this.timers = timers;
    this.next = timers.after(EVERY, this::due);
  }

  /// The first time is in an hour: opening the store looks too.
  ///
  /// @param collect may take as long as deleting files takes
  static CodeTidying start(Runnable collect, Timers timers) {
    return new CodeTidying(collect, timers);
  }

  /// On the timers' thread, which must not wait for a disk.
  private void due() {
    again();
    Thread.ofVirtual().name("tidy-code").start(this::tidy);
  }

  private void tidy() {
    try {
      collect.run();
    } catch (RuntimeException e) {
      LOG.atWarn().setCause(e).log("the store of code could not be tidied");
    }
  }

  private synchronized void again() {
    if (!closed) {
      next = timers.after(EVERY, this::due);
    }
  }

  /// Idempotent.
  @Override
  public synchronized void close() {
    closed = true;
    next.cancel();
  }
}
