package dev.credence.server.rpc;

import dev.credence.server.core.ServerException;
import dev.credence.server.core.ServerException.Kind;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/// How many calls are open at once: of one caller, and of all strangers together. Before any work
/// of ours is done for them. Who shows an SVID that has run out is a stranger, and counts apart
/// from who shows a valid one. Thread-safe.
final class CallLimits {
  /// @param perCaller open calls of one node, user, or holder of an SVID
  /// @param perStranger open calls of one address without a certificate
  /// @param strangers open calls of all of these together
  record Bounds(int perCaller, int perStranger, int strangers) {
    static Bounds standard() {
      return new Bounds(256, 16, 32);
    }
  }

  /// One open call; closing it twice does nothing.
  interface Permit extends AutoCloseable {
    @Override
    void close();
  }

  private final Bounds bounds;
  private final Map<String, Integer> open = new HashMap<>();
  private int strangers;

  CallLimits(Bounds bounds) {
    this.bounds = bounds;
  }

  Permit enter(Caller caller) throws ServerException {
    boolean expired = caller.kind() == CallerKind.EXPIRED_NODE;
    String key = (expired ? "expired " : "") + caller.share();
    boolean stranger = expired || caller.kind() == CallerKind.ANONYMOUS;
    count(key, stranger);
    AtomicBoolean left = new AtomicBoolean();
    return () -> {
      if (left.compareAndSet(false, true)) {
        leave(key, stranger);
      }
    };
  }

  private synchronized void count(String key, boolean stranger) throws ServerException {
    int most = stranger ? bounds.perStranger() : bounds.perCaller();
    if (open.getOrDefault(key, 0) >= most) {
      throw new ServerException(
          Kind.EXHAUSTED, "too many open calls (expected: at most " + most + ")");
    }
    if (stranger && strangers >= bounds.strangers()) {
      throw new ServerException(Kind.EXHAUSTED, "too many callers without an SVID; try later");
    }
    open.merge(key, 1, Integer::sum);
    strangers += stranger ? 1 : 0;
  }

  private synchronized void leave(String key, boolean stranger) {
    open.computeIfPresent(key, (_, count) -> count == 1 ? null : count - 1);
    strangers -= stranger ? 1 : 0;
  }
}
