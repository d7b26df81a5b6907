package dev.credence.attestors.code;

import dev.credence.certs.Printable;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/// What is left of the limits of one measuring. For one thread, except that any thread may cancel.
final class Budget {
  private static final int NAMES_PER_FILE = 4;

  private final CodeLimits limits;
  private final BooleanSupplier over;
  private long names;
  private long files;
  private long bytes;

  /// @param over true once nobody waits any more
  Budget(CodeLimits limits, BooleanSupplier over) {
    this.limits = limits;
    this.over = over;
  }

  CodeLimits limits() {
    return limits;
  }

  /// How many more names may be looked at.
  int namesLeft() {
    return (int) Math.min(Integer.MAX_VALUE, (long) limits.files() * NAMES_PER_FILE - names);
  }

  void names(int more) {
    names += more;
  }

  /// Counts one entry of the tree.
  void entry() throws CodeRefusedException {
    files++;
    if (files > limits.files()) {
      throw new CodeRefusedException(
          "the code has more than "
              + limits.files()
              + " files (expected: at most that; name what is not code in "
              + IgnoreRules.FILE
              + ")");
    }
    requireTime();
  }

  /// Asked before a file is read.
  void requireSize(String path, long size) throws CodeRefusedException {
    if (size > limits.largestFile()) {
      throw new CodeRefusedException(
          Printable.quoted(path)
              + " has "
              + size
              + " bytes or more (expected: at most "
              + limits.largestFile()
              + ")");
    }
    if (size > limits.bytes() - bytes) {
      throw new CodeRefusedException(
          "the code has more than "
              + limits.bytes()
              + " bytes (expected: at most that; name what is not code in "
              + IgnoreRules.FILE
              + ")");
    }
  }

  /// Counts what was read.
  void bytes(long more) {
    bytes += more;
  }

  void requireDepth(String path, int depth) throws CodeRefusedException {
    if (depth > limits.depth()) {
      throw new CodeRefusedException(
          Printable.quoted(path)
              + " is more than "
              + limits.depth()
              + " folders deep (expected: at most that)");
    }
  }

  /// Asked between any two pieces of work.
  void requireTime() throws CodeRefusedException {
    if (over.getAsBoolean()) {
      throw CodeRefusedException.notNow(
          "measuring the code took longer than " + limits.patience().toSeconds() + " s",
          new TimeoutException());
    }
  }
}
