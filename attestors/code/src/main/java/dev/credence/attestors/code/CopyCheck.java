package dev.credence.attestors.code;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks at a copy in use again and again. That there is no time or memory to find out is no
/// finding, a few times in a row; then the copy counts as changed, for who can keep a look from
/// ending could change it unseen. Thread-safe.
final class CopyCheck implements BooleanSupplier {
  static final int MOST_UNCHECKED = 3;

  private static final Logger LOG = LoggerFactory.getLogger(CopyCheck.class);

  private final String name;
  private final Look look;
  private final AtomicInteger unchecked = new AtomicInteger();

  /// One look.
  @FunctionalInterface
  interface Look {
    /// @throws CodeRefusedException if it cannot be found out now
    boolean isWhat() throws CodeRefusedException;
  }

  /// @param name of the copy, for the log
  CopyCheck(String name, Look look) {
    this.name = name;
    this.look = look;
  }

  @Override
  public boolean getAsBoolean() {
    try {
      boolean intact = look.isWhat();
      unchecked.set(0);
      return intact;
    } catch (CodeRefusedException e) {
      int times = unchecked.incrementAndGet();
      LOG.warn(
          "{} is not checked, for the {}. time of at most {}: {}",
          name,
          times,
          MOST_UNCHECKED,
          e.getMessage());
      return times <= MOST_UNCHECKED;
    }
  }
}
