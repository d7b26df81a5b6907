package dev.credence.attestors.code;

import java.time.Duration;

/// How much one measuring may take. Whatever exceeds one of these is refused before it is read.
///
/// @param files regular files and symbolic links in the tree; four times as many names are looked
///   at, the ignored ones included
/// @param bytes content of all files together
/// @param largestFile content of one file, in bytes
/// @param depth folders within each other
/// @param pathBytes longest path within the tree, in bytes of UTF-8
/// @param patience longest time from the request to the answer, the wait for a place included
public record CodeLimits(
    int files, long bytes, long largestFile, int depth, int pathBytes, Duration patience) {
  private static final int MOST_FILES = 1_000_000;
  private static final int DEEPEST = 128;
  private static final int LONGEST_PATH = 1024;

  /// @throws IllegalArgumentException if one is not positive, or too large for what relies on it
  public CodeLimits {
    boolean positive =
        files > 0
            && bytes > 0
            && largestFile > 0
            && depth > 0
            && pathBytes > 0
            && !patience.isZero();
    if (!positive
        || patience.isNegative()
        || files > MOST_FILES
        || depth > DEEPEST
        || pathBytes > LONGEST_PATH) {
      throw new IllegalArgumentException(
          "code limits: files "
              + files
              + ", bytes "
              + bytes
              + ", largest file "
              + largestFile
              + ", depth "
              + depth
              + ", path bytes "
              + pathBytes
              + ", patience "
              + patience
              + " (expected: all positive, at most "
              + MOST_FILES
              + " files, depth "
              + DEEPEST
              + ", "
              + LONGEST_PATH
              + " path bytes)");
    }
  }

  /// 50,000 files, 2 GiB, 512 MiB in one file, 64 folders deep, paths of 1,024 bytes, one minute.
  public static CodeLimits usual() {
    return new CodeLimits(50_000, 2L << 30, 512L << 20, 64, 1024, Duration.ofMinutes(1));
  }
}
