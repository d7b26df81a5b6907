package dev.credence.bench;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/// Rounds of one measurement, repeated until the JVM's compilers have little left to do: they run
/// on the same two cores as what is measured, and a daemon that has run for a while needs them no
/// longer.
final class WarmUp {

  private static final int MOST_ROUNDS = 40;
  private static final double QUIET = 0.04;

  private final Report report;
  private final List<ProcessStat> processes;
  private int rounds;
  private double share;

  /// @param report told of each round
  /// @param processes whose compilers are looked at
  WarmUp(Report report, ProcessStat... processes) {
    this.report = report;
    this.processes = List.of(processes);
  }

  /// The first round in which the compilers were quiet, or the last one.
  <T> T run(CpuSpent.Work<T> round) throws Exception {
    while (true) {
      long compilers = compilers();
      long began = System.nanoTime();
      var result = round.run();
      rounds++;
      long spent = compilers() - compilers;
      share = (double) spent / (System.nanoTime() - began);
      report.progress(this + ": " + result);
      // Less than nothing: a compiler's thread ended, and nobody knows what it did before.
      if ((spent >= 0 && share < QUIET) || rounds == MOST_ROUNDS) {
        return result;
      }
    }
  }

  private long compilers() throws IOException {
    long all = 0;
    for (var process : processes) {
      all += process.compilerNanos();
    }
    return all;
  }

  /// "round 7, where compilers took 1.3 % of a core"
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "round %d, where compilers took %.1f %% of a core", rounds, 100 * share);
  }
}
