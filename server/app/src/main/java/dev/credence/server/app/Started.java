package dev.credence.server.app;

import java.util.ArrayDeque;
import java.util.Deque;

/// What was started, in order. Closing it stops all of it in reverse; a failure to stop one doesn't
/// keep the others running. Not thread-safe.
final class Started implements AutoCloseable {
  private final Deque<Stop> stops = new ArrayDeque<>();

  /// Ends one thing.
  @FunctionalInterface
  interface Stop {
    @SuppressWarnings("SignatureThrows") // whatever ending throws is collected
    void run() throws Exception;
  }

  <T extends AutoCloseable> T add(T thing) {
    stops.push(thing::close);
    return thing;
  }

  void onStop(Stop stop) {
    stops.push(stop);
  }

  @Override
  public void close() {
    RuntimeException failed = null;
    while (!stops.isEmpty()) {
      try {
        stops.pop().run();
      } catch (Exception e) { // the others must still be stopped
        if (failed == null) {
          failed = new IllegalStateException("not everything could be stopped", e);
        } else {
          failed.addSuppressed(e);
        }
      }
    }
    if (failed != null) {
      throw failed;
    }
  }
}
