package dev.credence.attestors.container;

import dev.credence.attestors.NoAnswerException;
import dev.credence.attestors.Silence;
import dev.credence.platform.linux.BootClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/// Asks engines, few questions at once, and remembers the answers for a moment. An engine that
/// hangs costs those who wait for it their patience, and others nothing. Thread-safe.
final class Questions {
  private static final int STRIPES = 64;

  private final List<Engine> engines;
  private final Limits limits;
  private final LongSupplier nanos;
  private final Silence<ContainerId> silence;
  private final Semaphore all;
  private final ReentrantLock[] perContainer = new ReentrantLock[STRIPES];
  private final Map<Integer, Turns> perUid = new HashMap<>();
  private final Map<ContainerId, Remembered> memory =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ContainerId, Remembered> eldest) {
          return size() > limits.remembered();
        }
      };

  /// @param atOnce questions, to all engines
  /// @param atOncePerUid of them, for processes of one user
  /// @param patience longest wait for one's turn
  /// @param remembered how many containers
  /// @param forget after how long
  record Limits(int atOnce, int atOncePerUid, Duration patience, int remembered, Duration forget) {
    static Limits usual() {
      return new Limits(8, 4, Duration.ofMillis(500), 1024, Duration.ofSeconds(5));
    }
  }

  private record Remembered(Optional<Known> known, long at) {}

  /// Questions of one user, and how many wait or ask.
  private static final class Turns {
    private final Semaphore free;
    private int users;

    Turns(int atOnce) {
      free = new Semaphore(atOnce, true);
    }
  }

  /// @param nanos a clock that never steps
  Questions(List<Engine> engines, Limits limits, LongSupplier nanos) {
    this.engines = List.copyOf(engines);
    this.limits = limits;
    this.nanos = nanos;
    this.silence = new Silence<>(limits.remembered(), nanos);
    this.all = new Semaphore(limits.atOnce(), true);
    for (int i = 0; i < STRIPES; i++) {
      perContainer[i] = new ReentrantLock(true);
    }
  }

  /// True if some engine of the configuration can have made it.
  boolean reaches(ContainerId id) {
    return engines.stream().anyMatch(engine -> engine.kind() == id.engine());
  }

  /// What the engine said a moment ago, or says now. An engine may be silent about one container
  /// and speak about others.
  ///
  /// @param uid of the process for which this is asked
  Optional<Known> ask(ContainerId id, int uid) throws NoAnswerException {
    Optional<Remembered> known = recall(id);
    return known.isPresent() ? known.get().known() : silence.ask(id, () -> askOnce(id, uid));
  }

  private Optional<Known> askOnce(ContainerId id, int uid) throws NoAnswerException {
    // Many processes of one container ask once.
    ReentrantLock one = perContainer[Math.floorMod(id.hashCode(), STRIPES)];
    require(tryLock(one));
    try {
      Optional<Remembered> meanwhile = recall(id);
      if (meanwhile.isPresent()) {
        return meanwhile.get().known();
      }
      silence.requireNone(id);
      return inTurn(id, uid);
    } finally {
      one.unlock();
    }
  }

  /// The next question about it goes to the engine.
  void forget(ContainerId id) {
    synchronized (memory) {
      memory.remove(id);
    }
  }

  private Optional<Remembered> recall(ContainerId id) {
    synchronized (memory) {
      return Optional.ofNullable(memory.get(id))
          .filter(one -> nanos.getAsLong() - one.at < limits.forget().toNanos());
    }
  }

  private Optional<Known> inTurn(ContainerId id, int uid) throws NoAnswerException {
    Turns turns = enter(uid);
    try {
      require(tryAcquire(turns.free));
      try {
        require(tryAcquire(all));
        try {
          return find(id);
        } finally {
          all.release();
        }
      } finally {
        turns.free.release();
      }
    } finally {
      leave(uid);
    }
  }

  /// Asks each engine of that kind until one knows it. If none does, and one could not be asked,
  /// then that one may.
  private Optional<Known> find(ContainerId id) throws NoAnswerException {
    List<NoAnswerException> failures = new ArrayList<>();
    for (Engine engine : engines) {
      if (engine.kind() == id.engine()) {
        try {
          Optional<Container> found = engine.find(id);
          if (found.isPresent()) {
            return remembered(id, found);
          }
        } catch (NoAnswerException e) {
          failures.add(e);
        }
      }
    }
    if (failures.isEmpty()) {
      return remembered(id, Optional.empty());
    }
    throw failures.stream()
        .filter(NoAnswerException::isPassing)
        .findFirst()
        .orElse(failures.getFirst());
  }

  private Optional<Known> remembered(ContainerId id, Optional<Container> container) {
    Optional<Known> answer = container.map(one -> new Known(one, BootClock.system().nanos()));
    // What is on its way to run is another thing in a moment.
    if (container.filter(Container::starting).isEmpty()) {
      synchronized (memory) {
        memory.put(id, new Remembered(answer, nanos.getAsLong()));
      }
    }
    return answer;
  }

  private Turns enter(int uid) {
    synchronized (perUid) {
      Turns turns = perUid.computeIfAbsent(uid, _ -> new Turns(limits.atOncePerUid()));
      turns.users++;
      return turns;
    }
  }

  private void leave(int uid) {
    synchronized (perUid) {
      Turns turns = perUid.get(uid);
      if (turns != null && --turns.users == 0) {
        perUid.remove(uid);
      }
    }
  }

  private boolean tryLock(ReentrantLock lock) {
    try {
      return lock.tryLock(limits.patience().toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private boolean tryAcquire(Semaphore semaphore) {
    try {
      return semaphore.tryAcquire(limits.patience().toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static void require(boolean turn) throws NoAnswerException {
    if (!turn) {
      throw NoAnswerException.notNow(
          "too many questions to the container engine are under way",
          new IllegalStateException("no turn in time"));
    }
  }
}
