package dev.credence.attestors.code;

import dev.credence.certs.Printable;
import dev.credence.platform.linux.FolderEntry;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/// What is left of the limits of one measuring. For one thread, except that any thread may cancel.
final class Budget {
  private static final int NAMES_PER_FILE = 4;
  // What a tree may take of the daemon's memory while it is read, roughly: names that are listed,
  // and entries that are kept until all are there.
  private static final long MEMORY = 16 << 20;
  private static final int NAME_COSTS = 64;
  private static final int ENTRY_COSTS = 160;

  private final CodeLimits limits;
  private final BooleanSupplier over;
  private long names;
  private long files;
  private long bytes;
  private long memory = MEMORY;

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
    return Math.clamp((long) limits.files() * NAMES_PER_FILE - names, 0, Integer.MAX_VALUE);
  }

  /// How many bytes these may have together.
  long nameBytesLeft() {
    return memory;
  }

  /// Counts names that were listed.
  void names(List<FolderEntry> listed) throws CodeRefusedException {
    names += listed.size();
    for (FolderEntry entry : listed) {
      take(NAME_COSTS + entry.name().length());
    }
  }

  private void take(int more) throws CodeRefusedException {
    memory -= more;
    if (memory < 0) {
      throw new CodeRefusedException(
          "the names in the code take more than "
              + MEMORY
              + " bytes of memory (expected: at most that; name what is not code in "
              + IgnoreRules.FILE
              + ")");
    }
  }

  /// Counts one entry of the tree.
  void entry(String path) throws CodeRefusedException {
    take(ENTRY_COSTS + path.length());
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
