package dev.credence.node;

import dev.credence.certs.Id;
import dev.credence.node.Outcome.Over;
import dev.credence.node.Outcome.Stands;
import dev.credence.node.Standing.Denied;
import dev.credence.node.Standing.Entitled;
import dev.credence.node.Standing.NotNow;
import dev.credence.node.Standing.Pending;
import dev.credence.platform.linux.ProcessMark;
import dev.credence.platform.linux.UnattestableException;
import dev.credence.transport.Backoff;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One process that is served, or one TCP connection: who follows it, what it holds, and how it
/// stands. Whatever happens only signals; its pump then evaluates it, one evaluation at a time, so
/// that many streams of one process share one execution and one round trip. Thread-safe.
final class HostedProcess {
  private static final Duration FIRST_RETRY = Duration.ofMillis(100);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);
  private static final int PATIENCE = 6;

  /// A stream that is told how its process stands.
  interface Follower {
    /// True: it needs certificates, not only the bundle.
    boolean wantsSvids();

    /// The process may stand differently now: look at [HostedProcess#now()]. Must not block.
    void changed();

    /// The process has no more to say. Must not block.
    void end(Standing last);
  }

  /// A call of a process that is brought together with it.
  interface Call extends Follower {
    /// Follows the process from its snapshot with this number on.
    void follow(HostedProcess process, long from);
  }

  /// How a process stands, as found by its n-th evaluation.
  record Snapshot(long number, Standing standing) {}

  private final Host host;
  private final HeldExecutions held;
  private final Evaluation evaluation;
  private final Timers timers;
  private final Backoff backoff;
  private final Consumer<HostedProcess> onOver;
  private final Pump pump;

  private volatile boolean stale;
  private volatile Snapshot snapshot = new Snapshot(0, new Pending());

  // Guarded by this object.
  private final Set<Follower> followers = new LinkedHashSet<>();
  private long begun;
  private boolean over;
  private AutoCloseableQuietly exitWatch = () -> {};

  // Confined to the pump.
  private RecentLook recent = new RecentLook();
  private int failures;
  private Timers.@Nullable Timer again;

  /// Closing that cannot fail.
  @FunctionalInterface
  interface AutoCloseableQuietly {
    void close();
  }

  /// What all processes share.
  ///
  /// @param spoiling told of ends that say something about the process
  /// @param onOver told once, when the process is to be taken from the table
  record Parts(
      Evaluation evaluation,
      EndReports ends,
      Spoiling spoiling,
      Executor executor,
      Seams seams,
      Consumer<HostedProcess> onOver) {}

  /// @param host belongs to this object from now on
  HostedProcess(Host host, Parts parts) {
    this.host = host;
    Spoiling spoiling = parts.spoiling();
    int pid = host.mark().pid();
    this.held =
        new HeldExecutions(
            parts.ends(),
            reason -> {
              if (reason.isOfProcess()) {
                spoiling.spoil(
                    pid, Text.of("its execution ended, or none began (%s)", reason.label()));
              }
            });
    this.evaluation = parts.evaluation();
    this.timers = parts.seams().timers();
    this.backoff = new Backoff(FIRST_RETRY, LONGEST_RETRY, parts.seams().random());
    this.onOver = parts.onOver();
    this.pump = new Pump(parts.executor(), this::step);
  }

  ProcessMark mark() {
    return host.mark();
  }

  int uid() {
    return host.uid();
  }

  Snapshot now() {
    return snapshot;
  }

  List<HeldExecution> executions() {
    return held.all();
  }

  /// Something changed that may matter to this process.
  void signal() {
    pump.signal();
  }

  /// Something happened to this process that a look of a moment ago does not show.
  void lookAgain() {
    stale = true;
    pump.signal();
  }

  /// False: it has ended, or runs another program, and is given up. For whatever took time since it
  /// was looked at. Blocks.
  boolean isStillSame() {
    try {
      host.requireSame();
      return true;
    } catch (UnattestableException e) {
      lookAgain();
      return false;
    }
  }

  /// Begins to follow. Snapshots count for this follower from the returned number on: it belongs to
  /// an evaluation that has not begun yet. Empty: this process is over, look it up again.
  synchronized Optional<Long> attach(Follower follower) {
    if (over) {
      return Optional.empty();
    }
    followers.add(follower);
    return Optional.of(begun + 1);
  }

  /// Evaluates for a new follower, on the calling thread if nobody else does. Blocks.
  void evaluate() {
    pump.signalHere();
  }

  /// Idempotent.
  void detach(Follower follower) {
    boolean last;
    synchronized (this) {
      last = followers.remove(follower) && followers.isEmpty();
    }
    if (last && held.all().isEmpty()) {
      pump.signal(); // to be forgotten
    }
  }

  /// Goes on with an execution from before this daemon's start. False: too late.
  synchronized boolean adopt(HeldExecution execution) {
    return !over && held.adopt(execution);
  }

  /// Keeps what is to be closed when this process is over.
  void watchedBy(AutoCloseableQuietly watch) {
    boolean late;
    synchronized (this) {
      late = over;
      if (!late) {
        exitWatch = watch;
      }
    }
    if (late) {
      watch.close();
    }
  }

  /// The kernel says that the process has ended, or that the connection is closed.
  void exited() {
    giveUp(host.end());
  }

  /// The server has ended an execution. If it was held here, the streams end, and the next one
  /// opens a new execution.
  void ended(Id execution, String reason) {
    if (!held.forget(execution)) {
      return;
    }
    if (Withdrawal.isOne(reason)) {
      // Its streams go on, with what else it has; the next look says whether that is anything.
      pump.signal();
    } else {
      endFollowers(new NotNow("the execution has ended (" + reason + "); ask again for a new one"));
      pump.signal();
    }
  }

  /// These agents and services are barred: what is held of them is gone at once, not at the next
  /// look.
  void barred(Set<Id> subjects) {
    held.all().stream()
        .filter(execution -> subjects.contains(execution.subjectId()))
        .forEach(execution -> held.forget(execution.id()));
    pump.signal();
  }

  /// The node stops; the executions go on without it.
  void nodeStops() {
    finish(new NotNow("the node is stopping"));
  }

  private void giveUp(EndReason reason) {
    held.endAll(reason);
    finish(last(reason));
  }

  private static Standing last(EndReason reason) {
    return switch (reason) {
      case PROCESS_CHANGED ->
          Denied.of(
              RefusalReason.MARK_CHANGED, "the process runs another program than it did before");
      case CGROUP_LEFT, CREDENTIALS_CHANGED ->
          Denied.of(
              RefusalReason.MARK_CHANGED,
              Text.of("the process is not as it was attested: %s", reason.label()));
      default -> new NotNow("the process has ended");
    };
  }

  private void finish(Standing last) {
    AutoCloseableQuietly watch;
    synchronized (this) {
      if (over) {
        return;
      }
      over = true;
      watch = exitWatch;
    }
    watch.close();
    endFollowers(last);
    onOver.accept(this);
    pump.signal();
  }

  private void endFollowers(Standing last) {
    List<Follower> told;
    synchronized (this) {
      told = List.copyOf(followers);
      followers.clear();
    }
    told.forEach(follower -> follower.end(last));
  }

  /// One evaluation; run by the pump.
  private void step() {
    cancelTimer();
    long number;
    boolean svids;
    synchronized (this) {
      if (over) {
        host.close();
        return;
      }
      number = ++begun;
      svids = followers.stream().anyMatch(Follower::wantsSvids);
    }
    switch (look(svids)) {
      case Over(EndReason reason) -> giveUp(reason);
      case Stands stands -> publish(number, stands);
    }
  }

  private Outcome look(boolean svids) {
    if (stale) {
      stale = false;
      recent = new RecentLook();
    }
    held.beginRound();
    try {
      return evaluation.evaluate(new Evaluation.Subject(host, held, recent), svids);
    } finally {
      held.endRound();
    }
  }

  private void publish(long number, Stands stands) {
    snapshot = new Snapshot(number, patient(stands));
    planNext(stands);
    List<Follower> told;
    synchronized (this) {
      told = List.copyOf(followers);
    }
    told.forEach(Follower::changed);
    if (told.isEmpty()) {
      releaseIfIdle();
    }
  }

  /// A stream isn't left without an answer for ever.
  private Standing patient(Stands stands) {
    failures = stands.failed() ? failures + 1 : 0;
    boolean waitedEnough = stands.standing() instanceof Pending && failures > PATIENCE;
    boolean served = snapshot.standing() instanceof Entitled;
    return waitedEnough && !served
        ? new NotNow("the node is catching up with its server; try again")
        : stands.standing();
  }

  private void planNext(Stands stands) {
    if (!stands.failed()) {
      backoff.reset();
    }
    boolean followed;
    synchronized (this) {
      followed = !followers.isEmpty();
    }
    // Nobody waits for a renewal: it is made when the next stream asks.
    if (followed) {
      Optional<Duration> wait = stands.failed() ? Optional.of(backoff.next()) : stands.again();
      again = wait.map(delay -> timers.after(delay, pump::signal)).orElse(null);
    }
  }

  private void cancelTimer() {
    if (again != null) {
      again.cancel();
      again = null;
    }
  }

  /// A process that nobody follows and that holds nothing is forgotten.
  private void releaseIfIdle() {
    AutoCloseableQuietly watch;
    synchronized (this) {
      if (over || !followers.isEmpty() || !held.all().isEmpty()) {
        return;
      }
      over = true;
      watch = exitWatch;
    }
    watch.close();
    onOver.accept(this);
    pump.signal();
  }
}
