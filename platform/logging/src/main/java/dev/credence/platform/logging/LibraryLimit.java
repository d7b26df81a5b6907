package dev.credence.platform.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/// Lets each logger that isn't ours write a few entries per ten seconds. A library may log a stack
/// trace of several kilobytes for each broken connection, and connections cost a stranger nothing:
/// unbounded, that fills the disk. What was left out is counted, and said with the next entry that
/// is let through. Thread-safe.
final class LibraryLimit extends TurboFilter {
  static final int MOST = 10;
  private static final long WINDOW = Duration.ofSeconds(10).toNanos();
  private static final String OURS = "dev.credence.";
  private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(LibraryLimit.class);

  private final LongSupplier nanos;
  private final Map<String, Window> windows = new HashMap<>();

  LibraryLimit(LongSupplier nanos) {
    this.nanos = nanos;
  }

  private static final class Window {
    private long began;
    private int written;
    private long leftOut;
  }

  @Override
  public FilterReply decide(
      @Nullable Marker marker,
      Logger logger,
      Level level,
      @Nullable String format,
      Object @Nullable [] params,
      @Nullable Throwable t) {
    // Loggers are asked whether they would log, with no text: that is no entry.
    if (format == null
        || logger.getName().startsWith(OURS)
        || !level.isGreaterOrEqual(logger.getEffectiveLevel())) {
      return FilterReply.NEUTRAL;
    }
    long leftOut = take(logger.getName());
    if (leftOut < 0) {
      return FilterReply.DENY;
    }
    if (leftOut > 0) {
      LOG.atWarn()
          .addKeyValue("logger", logger.getName())
          .addKeyValue("entries", leftOut)
          .log("entries of a library were left out");
    }
    return FilterReply.NEUTRAL;
  }

  /// Negative: no. Otherwise how many were left out before this one.
  private synchronized long take(String logger) {
    long now = nanos.getAsLong();
    Window window = windows.computeIfAbsent(logger, _ -> new Window());
    if (window.written == 0 || now - window.began >= WINDOW) {
      window.began = now;
      window.written = 0;
    }
    if (window.written >= MOST) {
      window.leftOut++;
      return -1;
    }
    window.written++;
    long leftOut = window.leftOut;
    window.leftOut = 0;
    return leftOut;
  }
}
