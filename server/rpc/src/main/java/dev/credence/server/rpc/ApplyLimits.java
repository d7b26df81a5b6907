package dev.credence.server.rpc;

import dev.credence.server.core.ServerException;
import dev.credence.server.core.ServerException.Kind;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// How many sets of declarations one caller may be sending at once: what is sent is kept in memory
/// until all of it is there. Of one administrator over the network one is planned and applied at a
/// time. Thread-safe.
final class ApplyLimits {
  static final int MOST_OF_ONE_CALLER = 4;

  private final Map<String, Integer> open = new HashMap<>();

  private final Set<String> applying = new HashSet<>();

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

  /// Everything is there.
  synchronized void begin(Caller caller) throws ServerException {
    if (caller.kind() == CallerKind.ADMINISTRATOR && !applying.add(caller.actor().label())) {
      throw new ServerException(
          Kind.EXHAUSTED,
          caller.actor().label() + ": a set of it is being applied (expected: one after another)");
    }
  }

  /// What began is over, whatever came of it.
  synchronized void end(Caller caller) {
    if (caller.kind() == CallerKind.ADMINISTRATOR) {
      applying.remove(caller.actor().label());
    }
  }

  synchronized void leave(Caller caller) {
    open.computeIfPresent(caller.share(), (_, count) -> count == 1 ? null : count - 1);
  }
}
