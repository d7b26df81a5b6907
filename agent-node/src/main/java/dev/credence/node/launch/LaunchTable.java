package dev.credence.node.launch;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The programs that this node has started and that run. Thread-safe.
public final class LaunchTable {
  private final Map<Integer, Launched> byPid = new ConcurrentHashMap<>();

  /// An empty one.
  public LaunchTable() {}

  void add(Launched launched) {
    byPid.put(launched.pid(), launched);
  }

  void remove(Launched launched) {
    launched.mark().cancel(false);
    byPid.remove(launched.pid(), launched);
  }

  Optional<Launched> of(int pid) {
    return Optional.ofNullable(byPid.get(pid));
  }

  /// True if this node has started that process, and it still is in the group that was made for it
  /// alone. Whether it is still the same process is for the caller to make sure.
  ///
  /// @param group its control group, as read just now
  public boolean isInItsGroup(int pid, String group) {
    return of(pid).filter(launched -> launched.group().equals(group)).isPresent();
  }

  /// How many there are.
  public int size() {
    return byPid.size();
  }
}
