package dev.credence.bench;

import dev.credence.attestors.join.JoinToken;
import dev.credence.proto.node.v1.Registration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Many nodes in this process. Thread-safe.
final class SimulatedNodes implements AutoCloseable {

  private static final int AT_ONCE = 32;
  // A server takes few calls without an SVID from one address at once.
  private static final int JOIN_AT_ONCE = 8;
  private static final long PATIENCE_MINUTES = 5;

  private final NodeContact contact = new NodeContact();
  private final List<SimulatedNode> nodes = new ArrayList<>();
  private final ScheduledExecutorService timers = Executors.newScheduledThreadPool(2);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore joinPlaces = new Semaphore(JOIN_AT_ONCE);
  private final Semaphore issuing = new Semaphore(AT_ONCE);
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final Goal<SimulatedNode> registered = new Goal<>();
  private final Goal<SimulatedNode> told = new Goal<>();
  private final Goal<Object> renewed = new Goal<>();
  private volatile int expected;
  private volatile String awaited = "";
  private volatile Delivery delivery = (_, _) -> {};

  /// What is done with the registration that is waited for.
  @FunctionalInterface
  interface Delivery {
    void arrived(SimulatedNode node, Registration registration);
  }

  /// So and so many different ones.
  private static final class Goal<T> {
    private final Set<T> seen = ConcurrentHashMap.newKeySet();
    private volatile CountDownLatch missing = new CountDownLatch(0);

    void begin(int count) {
      seen.clear();
      missing = new CountDownLatch(count);
    }

    void reached(T one) {
      if (seen.add(one)) {
        missing.countDown();
      }
    }

    void await() throws InterruptedException, TimeoutException {
      if (!missing.await(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
        throw new TimeoutException(missing.getCount() + " are missing");
      }
    }
  }

  /// Redeems one token each.
  List<NodeContact.Joined> join(List<JoinToken> tokens) throws Exception {
    var joining = new ArrayList<Future<NodeContact.Joined>>();
    for (var token : tokens) {
      joining.add(threads.submit(() -> within(joinPlaces, () -> contact.join(token))));
    }
    var joined = new ArrayList<NodeContact.Joined>();
    for (var one : joining) {
      joined.add(one.get());
    }
    return joined;
  }

  /// Opens the streams, and waits until each has that many registrations.
  void open(List<NodeContact.Joined> joined, int registrations) throws Exception {
    registered.begin(joined.size());
    expected = registrations;
    for (var one : joined) {
      nodes.add(SimulatedNode.open(contact, one, this));
    }
    registered.await();
    requireSound();
  }

  /// One execution for each registration of each node.
  void issueAll() throws Exception {
    var running = new ArrayList<Future<Boolean>>();
    for (var node : nodes) {
      running.add(
          threads.submit(() ->
              within(
                  issuing,
                  () -> {
                    node.issueAll();
                    return true;
                  })));
    }
    for (var one : running) {
      one.get();
    }
  }

  /// From now on this is done with the registration of an agent of that name.
  void await(String name, Delivery what) {
    delivery = what;
    awaited = name;
  }

  /// The next bundle with tainted authorities starts as many renewals.
  void awaitRenewals(int count) {
    told.begin(nodes.size());
    renewed.begin(count);
  }

  /// Until all have been told.
  void allTold() throws Exception {
    told.await();
  }

  /// Until all are renewed.
  void allRenewed() throws Exception {
    renewed.await();
    requireSound();
  }

  /// From now on it renews its lease.
  void keepLease(SimulatedNode node, Duration every) {
    long first = ThreadLocalRandom.current().nextLong(every.toMillis());
    var lease =
        timers.scheduleAtFixedRate(node::keepLease, first, every.toMillis(), TimeUnit.MILLISECONDS);
    if (lease.isCancelled()) {
      throw new IllegalStateException("closed");
    }
  }

  void arrived(SimulatedNode node, Registration registration) {
    if (registration.getName().equals(awaited) && registration.getWithheld().isEmpty()) {
      var what = delivery;
      threads.execute(() -> what.arrived(node, registration));
    }
  }

  void registryOf(SimulatedNode node) {
    if (node.registrations() >= expected) {
      registered.reached(node);
    }
  }

  void tainted(SimulatedNode node, long withinMillis) {
    told.reached(node);
    node.renewAll(withinMillis, () -> renewed.reached(new Object()));
  }

  /// Runs at a random time within so many milliseconds.
  void later(long withinMillis, Runnable task) {
    long at = ThreadLocalRandom.current().nextLong(withinMillis + 1);
    var planned =
        timers.schedule(
            () ->
                threads.execute(() -> {
                  try {
                    task.run();
                  } catch (RuntimeException e) {
                    broken(e);
                  }
                }),
            at,
            TimeUnit.MILLISECONDS);
    if (planned.isCancelled()) {
      throw new IllegalStateException("closed");
    }
  }

  void broken(Throwable error) {
    failure.compareAndSet(null, error);
  }

  private void requireSound() {
    var first = failure.get();
    if (first != null) {
      throw new IllegalStateException("a simulated node broke", first);
    }
  }

  private static <T> T within(Semaphore places, Callable<T> work) throws Exception {
    places.acquire();
    try {
      return work.call();
    } finally {
      places.release();
    }
  }

  @Override
  public void close() {
    timers.shutdownNow();
    nodes.forEach(SimulatedNode::close);
    threads.shutdownNow();
  }
}
