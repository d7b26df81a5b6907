package dev.credence.bench;

/// What a process spends while something is measured: CPU, and how much of it the JVM's compilers
/// took.
final class CpuSpent {

  private final ProcessStat process;
  private long all;
  private long compilers;

  CpuSpent(ProcessStat process) {
    this.process = process;
  }

  interface Work<T> {
    T run() throws Exception;
  }

  /// Counts anew, while `work` runs.
  <T> T during(Work<T> work) throws Exception {
    long allBefore = process.cpuNanos();
    long compilersBefore = process.compilerNanos();
    var result = work.run();
    all = process.cpuNanos() - allBefore;
    // A compiler's thread that ended meanwhile is counted no longer.
    compilers = Math.max(0, process.compilerNanos() - compilersBefore);
    return result;
  }

  /// For each of so many: "215 µs (compilers 6 µs)"
  String each(int count) {
    return Sample.micros((double) all / count)
        + " (compilers "
        + Sample.micros((double) compilers / count)
        + ")";
  }
}
