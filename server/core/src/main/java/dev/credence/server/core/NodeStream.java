package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.Push.BarsPush;
import dev.credence.server.core.Push.BundlePush;
import dev.credence.server.core.Push.Cause;
import dev.credence.server.core.Push.Ended;
import dev.credence.server.core.Push.EndedPush;
import dev.credence.server.core.Push.Over;
import dev.credence.server.core.Push.RegistryPush;
import dev.credence.server.core.model.Bar;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// One open stream of one node. The transport pulls: it asks [#next()] whenever it can send, until
/// that is empty, and again after `changed` was called. So a slow node holds no more memory than
/// the ids of what changed. Thread-safe.
public final class NodeStream implements AutoCloseable {
  private static final int MOST_PENDING = 10_000;
  private static final int ENDED_AT_ONCE = 1_000;

  private final Id node;
  private final Id startId;
  private final Id id;
  private final NodeSelectors selectors;
  private final NodeStreams owner;
  private final Runnable changed;

  private final ReentrantLock lock = new ReentrantLock();
  private final Set<Id> pending = new HashSet<>();
  private final Deque<Ended> ended = new ArrayDeque<>();
  private @Nullable Welcome welcome;
  private @Nullable TrustBundle bundle;
  private @Nullable BarsPush bars;
  private @Nullable Over over;
  // The registry that what is pending belongs to; kept only while something is.
  private @Nullable RegistrySnapshot asOf;
  private boolean restarted;
  private boolean settled;
  private boolean full;
  private boolean registryTold;
  private long told;
  private long acknowledged;
  private volatile Instant notedAt = Instant.MIN;

  /// @param id random, of this stream alone
  /// @param startId of the node's daemon
  record Name(Id node, Id startId, Id id) {}

  NodeStream(Name name, NodeSelectors selectors, NodeStreams owner, Runnable changed) {
    this.node = name.node;
    this.startId = name.startId;
    this.id = name.id;
    this.selectors = selectors;
    this.owner = owner;
    this.changed = changed;
  }

  /// Whose it is.
  public Id node() {
    return node;
  }

  Id id() {
    return id;
  }

  Id startId() {
    return startId;
  }

  NodeSelectors selectors() {
    return selectors;
  }

  /// What the node is told first.
  public Welcome welcome() {
    lock.lock();
    try {
      if (welcome == null) {
        throw new IllegalStateException(Texts.format("stream of node %s: not yet open", node));
      }
      return welcome;
    } finally {
      lock.unlock();
    }
  }

  /// The node's answer to the welcome: which of the hosted executions still have their process. The
  /// others end, in one transaction. Nothing is pushed before.
  public void settle(Set<Id> running) throws ServerException {
    owner.settle(this, running);
    lock.lock();
    try {
      settled = true;
    } finally {
      lock.unlock();
    }
    signal();
  }

  /// A message came on it; asked before anything is done for it.
  ///
  /// @throws ServerException EXHAUSTED: too many
  public void arrived() throws ServerException {
    owner.arrived(this);
  }

  /// The node is there, and renews its lease.
  public void renewLease() {
    owner.heard(this);
  }

  /// When its last contact was last written.
  void noted(Instant at) {
    notedAt = at;
  }

  boolean notedBefore(Instant time) {
    return notedAt.isBefore(time);
  }

  boolean notedAfter(Instant time) {
    return notedAt.isAfter(time);
  }

  boolean isSettled() {
    lock.lock();
    try {
      return settled;
    } finally {
      lock.unlock();
    }
  }

  /// The next thing to send; empty: nothing now, `changed` will be called. After [Over] nothing
  /// else comes, and it is given again. One thread at a time.
  public Optional<Push> next() {
    Update update;
    lock.lock();
    try {
      Optional<Push> ready = readyMade();
      if (ready.isPresent() || !settled) {
        return ready;
      }
      if (!isDue()) {
        // After the registry: why something ended is known when its end is.
        return ended.isEmpty() ? Optional.empty() : Optional.of(nextEnded());
      }
      update = takeUpdate();
    } finally {
      lock.unlock();
    }
    // Outside of the lock: who commits must never wait for who reads.
    return Optional.of(update.from(selectors));
  }

  private Optional<Push> readyMade() {
    if (over != null) {
      return Optional.of(over);
    }
    if (!settled) {
      return Optional.empty();
    }
    if (bundle != null) {
      Push push = new BundlePush(bundle);
      bundle = null;
      return Optional.of(push);
    }
    if (bars != null) {
      Push push = bars;
      bars = null;
      return Optional.of(push);
    }
    return Optional.empty();
  }

  private EndedPush nextEnded() {
    List<Ended> part = new ArrayList<>();
    while (!ended.isEmpty() && part.size() < ENDED_AT_ONCE) {
      part.add(ended.removeFirst());
    }
    return new EndedPush(part);
  }

  private boolean isDue() {
    return !registryTold
        || full
        || !pending.isEmpty()
        || owner.published() - told >= Registry.WATERMARK_EVERY;
  }

  private Update takeUpdate() {
    // What is published up to here is pending or was sent, and the registry that is looked at is at
    // least that new.
    long upTo = Math.max(told, owner.published());
    var update = new Update(full, told, upTo, Set.copyOf(pending), registry());
    pending.clear();
    asOf = null;
    full = false;
    registryTold = true;
    told = upTo;
    return update;
  }

  /// With what was changed together with what is pending, and with nothing of what came later.
  private RegistrySnapshot registry() {
    RegistrySnapshot pendings = asOf;
    return pendings == null ? owner.registry() : pendings;
  }

  private record Update(
      boolean full, long previous, long number, Set<Id> changed, RegistrySnapshot registry) {
    RegistryPush from(NodeSelectors node) {
      if (full) {
        return new RegistryPush(
            registry.epoch(), 0, number, true, registry.meantFor(node.all()), List.of());
      }
      List<RegistryEntry> present = new ArrayList<>();
      List<Id> removed = new ArrayList<>();
      for (Id id : changed) {
        registry
            .find(id)
            .filter(entry -> entry.registration().nodes().admits(node.all()))
            .ifPresentOrElse(present::add, () -> removed.add(id));
      }
      present.sort(RegistryEntry.BY_CREATION);
      return new RegistryPush(registry.epoch(), previous, number, false, present, removed);
    }
  }

  /// Begins: from here on it knows where the registry stands.
  void begin(Registry.Start start, long from, TrustBundle trust) {
    lock.lock();
    try {
      pending.addAll(start.changed());
      full = full || start.full();
      if (asOf == null) {
        asOf = start.registry();
      }
      told = start.full() ? 0 : from;
      keep(trust);
    } finally {
      lock.unlock();
    }
  }

  /// Whether the node's daemon is another one than before.
  void restarted(boolean value) {
    lock.lock();
    try {
      restarted = value;
    } finally {
      lock.unlock();
    }
  }

  boolean isRestarted() {
    lock.lock();
    try {
      return restarted;
    } finally {
      lock.unlock();
    }
  }

  void opened(Welcome first) {
    lock.lock();
    try {
      welcome = first;
    } finally {
      lock.unlock();
    }
  }

  /// These registrations changed, together, in a way that concerns this node. Without a call to
  /// `changed`: [#signal()] follows.
  ///
  /// @param registry with these changes
  void enqueue(Collection<Id> registrations, RegistrySnapshot registry) {
    lock.lock();
    try {
      asOf = registry;
      if (pending.size() + registrations.size() > MOST_PENDING) {
        pending.clear();
        full = true;
      }
      if (!full) {
        pending.addAll(registrations);
      }
    } finally {
      lock.unlock();
    }
  }

  void enqueueEnded(Ended execution) {
    boolean tooSlow;
    lock.lock();
    try {
      ended.addLast(execution);
      tooSlow = ended.size() > MOST_PENDING;
    } finally {
      lock.unlock();
    }
    if (tooSlow) {
      end(Cause.RESTART);
    } else {
      signal();
    }
  }

  private void keep(TrustBundle newest) {
    if (bundle == null || bundle.sequence() <= newest.sequence()) {
      bundle = newest;
    }
  }

  /// The node has this bundle, and so has every open stream of its processes. Errors: UNAVAILABLE.
  public void acknowledged(long sequence) throws ServerException {
    lock.lock();
    try {
      if (sequence <= acknowledged) {
        return;
      }
      acknowledged = sequence;
    } finally {
      lock.unlock();
    }
    owner.acknowledged(this, sequence);
  }

  /// The newest bundle that it acknowledged here; 0: none yet.
  long acknowledged() {
    lock.lock();
    try {
      return acknowledged;
    } finally {
      lock.unlock();
    }
  }

  /// Comes before what is ended and before the registry, so that the node never asks in vain.
  void enqueueBars(List<Bar> inForce) {
    lock.lock();
    try {
      bars = new BarsPush(inForce);
    } finally {
      lock.unlock();
    }
    signal();
  }

  void enqueueBundle(TrustBundle newest) {
    lock.lock();
    try {
      keep(newest);
    } finally {
      lock.unlock();
    }
    signal();
  }

  /// Ends it from this side. The first cause stays.
  void end(Cause cause) {
    lock.lock();
    try {
      if (over == null) {
        over = new Over(cause);
      }
      pending.clear();
      ended.clear();
    } finally {
      lock.unlock();
    }
    signal();
  }

  void signal() {
    changed.run();
  }

  /// The transport is done with it. Idempotent.
  @Override
  public void close() {
    owner.closed(this);
  }
}
