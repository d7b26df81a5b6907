package dev.credence.node;

import org.slf4j.Logger;

/// Where a thread's work ends that nobody waits for: whatever went wrong is logged, and the thread
/// goes on.
final class Edge {
  private Edge() {}

  /// Logs a failure, and never fails itself: after an OutOfMemoryError, logging may throw another
  /// one.
  static void report(Logger log, String what, Throwable failure) {
    try {
      log.atError().setCause(failure).log(what);
    } catch (Throwable _) {
      // There is no place left to tell it.
    }
  }
}
