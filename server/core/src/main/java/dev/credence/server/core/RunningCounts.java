package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// How many executions run on each node, as of the last commits: enough to know that a quota is far
/// away without counting rows. Near the quota the rows are counted. Thread-safe.
final class RunningCounts {
  // More than the writes that may share a commit, whose counts are not yet in here.
  private static final int NEAR = 512;

  private final ConcurrentMap<Id, Integer> counts = new ConcurrentHashMap<>();

  /// True if `limit` or more run on that node.
  boolean reached(View view, Id node, int limit) {
    Integer about = counts.get(node);
    if (about != null && about < limit - NEAR) {
      return false;
    }
    long exact = view.executions().countRunningOn(node);
    // Only what is committed counts, and in the order of the commits: a reader may see less.
    if (view instanceof Transaction tx) {
      tx.afterCommit(() -> counts.put(node, (int) Math.min(exact, Integer.MAX_VALUE)));
    }
    return exact >= limit;
  }

  /// One more, after the commit.
  void began(Transaction tx, Id node) {
    tx.afterCommit(() -> counts.computeIfPresent(node, (_, count) -> count + 1));
  }

  /// One less, after the commit.
  void ended(Transaction tx, Execution execution) {
    Id node = execution.host().nodeId();
    tx.afterCommit(() -> counts.computeIfPresent(node, (_, count) -> Math.max(0, count - 1)));
  }

  /// Nothing is known any more.
  void forget() {
    counts.clear();
  }
}
