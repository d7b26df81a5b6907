package dev.credence.server.rpc;

import dev.credence.server.core.ServerException;
import dev.credence.server.core.ServerException.Kind;
import java.util.HashMap;
import java.util.Map;

/// How many sets of declarations one caller may be sending at once: what is sent is kept in memory
/// until all of it is there. Thread-safe.
final class ApplyLimits {
  static final int MOST_OF_ONE_CALLER = 4;

  private final Map<String, Integer> open = new HashMap<>();

  synchronized void enter(Caller caller) throws ServerException {
    String key = caller.share();
    if (open.getOrDefault(key, 0) >= MOST_OF_ONE_CALLER) {
      throw new ServerException(
          Kind.EXHAUSTED,
          "sets being sent at once: more than "
              + MOST_OF_ONE_CALLER
              + " (expected: one after another)");
    }
    open.merge(key, 1, Integer::sum);
  }

  synchronized void leave(Caller caller) {
    open.computeIfPresent(caller.share(), (_, count) -> count == 1 ? null : count - 1);
  }
}
