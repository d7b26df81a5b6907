package dev.credence.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// CPU time of this process's threads so far, in nanoseconds, as the kernel counts it. Not counted:
/// the compiler, which a server that has run for a while no longer needs. How long the compiler
/// takes on a busy machine says nothing about an issuance.
///
/// @param writer the store's writer
/// @param others all others: callers, garbage collector
record ThreadCpu(long writer, long others) {

  static ThreadCpu now() throws IOException {
    long writer = 0;
    long others = 0;
    try (var threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
      for (var thread : threads) {
        String name;
        long nanos;
        try {
          name = Files.readString(thread.resolve("comm"));
          nanos = nanos(thread);
        } catch (IOException e) {
          if (Files.exists(thread)) {
            throw e;
          }
          // It has just ended.
          continue;
        }
        if (name.startsWith("store-writer")) {
          writer += nanos;
        } else if (!name.startsWith("C1 ") && !name.startsWith("C2 ")) {
          others += nanos;
        }
      }
    }
    return new ThreadCpu(writer, others);
  }

  private static long nanos(Path thread) throws IOException {
    var fields = Files.readString(thread.resolve("schedstat")).split(" ", -1);
    return Long.parseLong(fields[0]);
  }

  ThreadCpu since(ThreadCpu before) {
    return new ThreadCpu(writer - before.writer, others - before.others);
  }

  long all() {
    return writer + others;
  }

  /// For each of so many: "268 µs, of which the store's writer 101 µs"
  String split(int count) {
    return Sample.micros((double) all() / count)
        + ", of which the store's writer "
        + Sample.micros((double) writer / count);
  }
}
