package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.port.Transaction;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How long a node may be silent. Each holds a lease, which it renews on its stream; when it
/// lapses, its executions end as node-lost. The lease is counted in looks, not by a clock: so it
/// runs only while the server serves, not while it was suspended or without its database, and
/// begins anew at the server's start. A node that another running server hears is left to that one;
/// one that nobody hears any more lapses here too, though it never had a stream here. Thread-safe.
final class NodeLeases {
  private static final Logger LOG = LoggerFactory.getLogger(NodeLeases.class);
  static final Duration LOOK_EVERY = Duration.ofSeconds(10);
  private static final int RENEWALS = 5;
  private static final Duration LONGEST_SILENCE = Duration.ofMinutes(1);

  private final Plumbing plumbing;
  private final ExecutionEnd executionEnd;
  private final Duration lease;
  private final Consumer<Id> onLapse;
  private final ServerPresence presence;

  /// Looks since each node was last heard.
  private final Map<Id, Integer> silent = new ConcurrentHashMap<>();

  /// @param onLapse told after the commit
  NodeLeases(
      Plumbing plumbing,
      ExecutionEnd executionEnd,
      Duration lease,
      Consumer<Id> onLapse,
      ServerPresence presence) {
    this.presence = presence;
    this.plumbing = plumbing;
    this.executionEnd = executionEnd;
    this.lease = lease;
    this.onLapse = onLapse;
  }

  /// The leases of these begin now.
  void begin(Collection<Id> nodes) {
    nodes.forEach(node -> silent.put(node, 0));
  }

  /// The node is there.
  void heard(Id node) {
    silent.put(node, 0);
  }

  /// How often a node says that it is there: often enough that a few may be late, and not more,
  /// since most of what an idle server does is to hear them.
  Duration renewEvery() {
    Duration part = lease.dividedBy(RENEWALS);
    return part.compareTo(LONGEST_SILENCE) < 0 ? part : LONGEST_SILENCE;
  }

  /// How long a note of the last contact may be old before it is written again.
  Duration noteEvery() {
    return lease.dividedBy(2);
  }

  /// Run each [#LOOK_EVERY].
  void look() {
    if (!isServing()) {
      return;
    }
    for (Id node : List.copyOf(silent.keySet())) {
      Integer looks = silent.computeIfPresent(node, (_, count) -> count + 1);
      if (looks != null && looks >= looksOf(lease)) {
        lapse(node, looks);
      }
    }
  }

  /// How many looks it takes until that much has passed.
  private static int looksOf(Duration time) {
    return Math.toIntExact(time.plus(LOOK_EVERY).minusNanos(1).dividedBy(LOOK_EVERY));
  }

  private boolean isServing() {
    try {
      plumbing.database().requireServing();
      // Nodes that joined at another server meanwhile are counted from now on.
      Set<Id> hosts =
          plumbing
              .database()
              .read(view -> presence.isShared() ? view.executions().hosts() : Set.of());
      hosts.forEach(node -> silent.putIfAbsent(node, 0));
      return true;
    } catch (ServerException e) {
      LOG.atDebug().addKeyValue("reason", e.getMessage()).log("leases do not run now");
      return false;
    }
  }

  private void lapse(Id node, int looks) {
    try {
      Duration left = plumbing.database().write(tx -> lost(tx, node));
      if (left.isZero()) {
        // Unless it was heard meanwhile.
        silent.remove(node, looks);
        onLapse.accept(node);
      } else {
        // To be looked at again when that is over, not at each look.
        silent.replace(node, looks, looksOf(lease) - looksOf(left));
      }
    } catch (ServerException e) {
      LOG.atWarn().setCause(e).addKeyValue("node", node).log("lease not ended; tried again");
    }
  }

  /// What is left of its lease: all of it, while another server of the same database hears it; and
  /// of one that was heard after the looks were last counted from nothing, what is left of that
  /// one.
  private Duration left(Transaction tx, Id id) {
    if (presence.isElsewhere(tx, id, plumbing.database().now())) {
      return lease;
    }
    // Another server may have noted it, by its own clock.
    var since = plumbing.database().now().minus(lease).minus(presence.clocksApart());
    Duration left =
        tx.nodes()
            .find(id)
            .map(node -> Duration.between(since, node.presence().lastSeenAt()))
            .orElse(Duration.ZERO);
    return left.isNegative() ? Duration.ZERO : left.compareTo(lease) < 0 ? left : lease;
  }

  /// Ends its executions, if its lease is over.
  ///
  /// @return what is left of it; zero: it is over
  private Duration lost(Transaction tx, Id id) {
    Duration left = left(tx, id);
    if (!left.isZero()) {
      return left;
    }
    List<Execution> running = tx.executions().runningOn(id);
    var why = new ExecutionEnd.Why(new Actor.Server(), "node-lost", Optional.empty());
    running.forEach(one -> executionEnd.ifRunning(tx, one.id(), why));
    if (!running.isEmpty()) {
      plumbing
          .journal()
          .append(
              tx,
              Details.of("lease", lease)
                  .and("executions", running.size())
                  .event(EventKind.NODE_LOST, new Actor.Server(), About.node(id)),
              plumbing.database().now());
    }
    return Duration.ZERO;
  }
}
