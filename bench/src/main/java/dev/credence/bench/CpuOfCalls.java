package dev.credence.bench;

/// What the same call cost one at a time and in batches.
///
/// @param singles how many of them
/// @param batched how many of them, all batches together
record CpuOfCalls(ThreadCpu alone, int singles, ThreadCpu together, int batched) {

  String single() {
    return alone.split(singles);
  }

  String batch() {
    return together.split(batched);
  }

  double nanosInBatches() {
    return (double) together.all() / batched;
  }

  @Override
  public String toString() {
    return "one at a time " + single() + "; in batches " + batch();
  }
}
