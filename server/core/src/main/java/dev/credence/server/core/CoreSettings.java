package dev.credence.server.core;

import dev.credence.attestors.NodeVerifier;
import dev.credence.attestors.join.ServerAddress;
import dev.credence.certs.TrustDomain;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/// What an operator decides about the core. Immutable, except that the address is asked for at each
/// use.
///
/// @param dev registrations without node selectors mean any node
/// @param address where nodes connect to; written into join tokens, and asked for each time
/// @param administrators whose place no agent may take
/// @param attestors of nodes, beside the join token
public record CoreSettings(
    TrustDomain trustDomain,
    boolean dev,
    Lifetimes lifetimes,
    Limits limits,
    Supplier<ServerAddress> address,
    Administrators administrators,
    List<NodeVerifier> attestors) {
  /// Makes an unmodifiable copy.
  public CoreSettings {
    attestors = List.copyOf(attestors);
  }

  /// Where nodes join by token only.
  public CoreSettings(
      TrustDomain trustDomain,
      boolean dev,
      Lifetimes lifetimes,
      Limits limits,
      Supplier<ServerAddress> address,
      Administrators administrators) {
    this(trustDomain, dev, lifetimes, limits, address, administrators, List.of());
  }

  /// The same, with further ways for nodes to join.
  public CoreSettings withAttestors(List<NodeVerifier> others) {
    return new CoreSettings(trustDomain, dev, lifetimes, limits, address, administrators, others);
  }

  /// Where nothing is known of administrators on this host.
  public CoreSettings(
      TrustDomain trustDomain,
      boolean dev,
      Lifetimes lifetimes,
      Limits limits,
      Supplier<ServerAddress> address) {
    this(trustDomain, dev, lifetimes, limits, address, Administrators.none());
  }

  /// How long certificates live where nothing else is said, in whole seconds.
  public record Lifetimes(Duration agent, Duration service, Duration node, Duration server) {
    /// DESIGN §2: 10 minutes, 1 hour, 24 hours.
    public static Lifetimes standard() {
      return new Lifetimes(
          Duration.ofMinutes(10), Duration.ofHours(1), Duration.ofHours(24), Duration.ofHours(24));
    }
  }

  /// What one caller may use.
  ///
  /// @param runningPerNode running executions of one node
  /// @param callsPerSecond calls of one node that cost a signature or a write, sustained
  /// @param callsAtOnce as many it may make after a quiet time
  /// @param nodeLease how long a node may be silent until its executions end
  /// @param subjectsPerOwner agents and services of one owner that are not retired
  public record Limits(
      int runningPerNode,
      int callsPerSecond,
      int callsAtOnce,
      Duration nodeLease,
      int subjectsPerOwner) {
    private static final Duration NODE_LEASE = Duration.ofMinutes(5);

    private static final int CALLS_PER_SECOND = 500;

    private static final int SUBJECTS_PER_OWNER = 10_000;

    /// With the usual lease.
    public Limits(int runningPerNode, int callsPerSecond, int callsAtOnce) {
      this(runningPerNode, callsPerSecond, callsAtOnce, NODE_LEASE, SUBJECTS_PER_OWNER);
    }

    /// The same with another lease.
    public Limits withNodeLease(Duration lease) {
      return new Limits(runningPerNode, callsPerSecond, callsAtOnce, lease, subjectsPerOwner);
    }

    /// The same with another quota of each owner.
    public Limits withSubjectsPerOwner(int most) {
      return new Limits(runningPerNode, callsPerSecond, callsAtOnce, nodeLease, most);
    }

    /// A node that was started again may open all of its executions at once.
    public Limits(int runningPerNode) {
      this(runningPerNode, CALLS_PER_SECOND, Math.max(1_000, runningPerNode));
    }

    public static Limits standard() {
      return new Limits(5_000);
    }
  }

  /// Who administers from the server's own host. An agent that ran there under such a uid could
  /// pass for an administrator.
  ///
  /// @param uids listed ones and the server's own
  /// @param bootId of the host that the server runs on
  /// @param pidNamespace inode of the server's pid namespace
  public record Administrators(Set<Integer> uids, String bootId, long pidNamespace) {
    /// Makes an unmodifiable copy.
    public Administrators {
      uids = Set.copyOf(uids);
    }

    /// Nobody.
    public static Administrators none() {
      return new Administrators(Set.of(), "", 0);
    }
  }

  /// Everything else as DESIGN says.
  public static CoreSettings standard(
      TrustDomain trustDomain, boolean dev, Supplier<ServerAddress> address) {
    return new CoreSettings(trustDomain, dev, Lifetimes.standard(), Limits.standard(), address);
  }
}
