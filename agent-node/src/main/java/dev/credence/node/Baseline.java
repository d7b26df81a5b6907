package dev.credence.node;

import dev.credence.platform.linux.ProcessFacts;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a process must stay, whether or not its registration names it: the user and groups that it
/// had when it was first looked at, and its control group. Who changes them has its executions
/// ended, and is attested anew, as what it is then, when it asks again. Thread-safe.
final class Baseline {
  private @Nullable First first;

  private record First(int uid, int gid, Set<Integer> supplementaryGids, String cgroup) {
    static First of(ProcessFacts facts) {
      return new First(
          facts.uid(),
          facts.gid(),
          Set.copyOf(facts.supplementaryGids()),
          facts.confinement().cgroup());
    }

    boolean sameCredentials(First other) {
      return uid == other.uid
          && gid == other.gid
          && supplementaryGids.equals(other.supplementaryGids);
    }
  }

  /// @throws NoLongerTrueException if it is traced, or is not what it was at the first look
  synchronized void require(ProcessFacts facts) throws NoLongerTrueException {
    int tracer = facts.confinement().tracer();
    if (tracer != 0) {
      throw new NoLongerTrueException(
          EndReason.TRACED,
          Text.of(
              "process %d is traced by process %d (expected: no tracer, which could make it do anything)",
              facts.pid(), tracer));
    }
    First now = First.of(facts);
    if (first == null) {
      first = now;
    }
    if (!now.sameCredentials(first)) {
      throw new NoLongerTrueException(
          EndReason.CREDENTIALS_CHANGED,
          Text.of("process %d has other user or group ids than it had", facts.pid()));
    }
    if (!now.cgroup.equals(first.cgroup)) {
      throw new NoLongerTrueException(
          EndReason.CGROUP_LEFT,
          Text.of("process %d has left the control group in which it was attested", facts.pid()));
    }
  }
}
