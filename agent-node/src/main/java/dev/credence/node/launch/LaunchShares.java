package dev.credence.node.launch;

import dev.credence.transport.Share;
import java.util.HashMap;
import java.util.Map;

/// How many of something each user has, and whether it may have one more: a share that shrinks as
/// room runs out, as on the Workload API, and some room that is root's alone. Whoever is to end a
/// flood of launches is root. Thread-safe.
final class LaunchShares {
  private static final int ROOT = 0;

  private final int perUid;
  private final int shared;
  private final int reserve;
  private final Map<Integer, Integer> ofUid = new HashMap<>();

  /// @param total most of all together, the reserve included
  /// @param perUid most of one user, beside root's reserve
  /// @param reserve of the total, root's alone
  LaunchShares(int total, int perUid, int reserve) {
    this.perUid = perUid;
    this.shared = total - reserve;
    this.reserve = reserve;
  }

  /// Counts one more, if there is room.
  synchronized boolean enter(int uid) {
    int own = ofUid.getOrDefault(uid, 0);
    boolean reserved = uid == ROOT && own < reserve;
    int ofShared = shared(uid, own);
    if (!reserved && (ofShared >= perUid || !Share.hasRoom(ofShared, sharedByAll(), shared))) {
      return false;
    }
    ofUid.merge(uid, 1, Integer::sum);
    return true;
  }

  /// One less; once for each [#enter] that was true.
  synchronized void leave(int uid) {
    ofUid.computeIfPresent(uid, (_, count) -> count == 1 ? null : count - 1);
  }

  private int sharedByAll() {
    return ofUid.entrySet().stream()
        .mapToInt(entry -> shared(entry.getKey(), entry.getValue()))
        .sum();
  }

  private int shared(int uid, int own) {
    return uid == ROOT ? Math.max(0, own - reserve) : own;
  }
}
