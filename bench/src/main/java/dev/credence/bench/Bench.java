package dev.credence.bench;

/// One group of measurements.
interface Bench {
  /// The word that selects it on the command line.
  String name();

  /// Measures and reports.
  void run(Report report) throws Exception;
}
