package dev.credence.node;

import dev.credence.node.Refusal.Caller;
import dev.credence.node.Refusal.Told;
import dev.credence.platform.linux.ProcessMark;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reports refused calls to the server, coalesced: the first of a (reason, user, executable, aim)
/// at once, then how many there were in every ten seconds. A caller that makes up ever new names
/// fills one line of its user's, and many users fill one shared line. What cannot be delivered is
/// counted on. Thread-safe.
final class RefusalLog {
  private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);
  static final int CAPACITY = 1000;
  static final int EXECUTABLES_PER_USER = 8;
  // The server reads at most this many in one message.
  static final int MOST_IN_A_MESSAGE = 200;
  static final Duration WINDOW = Duration.ofSeconds(10);
  private static final String OTHERS = "(others)";
  private static final int NO_ID = -1;

  private final Timers timers;
  private final Predicate<List<Refusal>> delivery;
  private final Pump pump;
  private final Map<Caller, Refusal> counted = new LinkedHashMap<>();
  private final Set<Caller> due = new LinkedHashSet<>();
  private boolean windowOpen;

  /// @param delivery sends refusals to the server; false: it could not
  RefusalLog(Timers timers, Executor executor, Predicate<List<Refusal>> delivery) {
    this.timers = timers;
    this.delivery = delivery;
    this.pump = new Pump(executor, this::deliver);
  }

  /// Never blocks.
  void refused(Caller caller, Told told, Optional<ProcessMark> mark) {
    if (count(caller, told, mark)) {
      pump.signal();
    }
  }

  /// True: this one is to be reported now.
  private synchronized boolean count(Caller caller, Told told, Optional<ProcessMark> mark) {
    Caller key = key(caller);
    Refusal before = counted.get(key);
    Told shown = key.equals(caller) ? told : told.ofSeveral();
    counted.put(key, new Refusal(key, shown, mark, before == null ? 1 : before.count() + 1));
    openWindow();
    return before == null && due.add(key);
  }

  private synchronized Caller key(Caller caller) {
    if (counted.containsKey(caller)) {
      return caller;
    }
    long ofUser =
        counted.keySet().stream()
            .filter(known -> known.reason() == caller.reason() && known.uid() == caller.uid())
            .limit(EXECUTABLES_PER_USER)
            .count();
    Caller key =
        ofUser < EXECUTABLES_PER_USER
            ? caller
            : new Caller(caller.reason(), caller.uid(), NO_ID, OTHERS);
    boolean room = counted.containsKey(key) || counted.size() < CAPACITY;
    return room ? key : new Caller(caller.reason(), NO_ID, NO_ID, OTHERS);
  }

  private synchronized void openWindow() {
    if (!windowOpen && !counted.isEmpty()) {
      windowOpen = true;
      var _ = timers.after(WINDOW, this::endOfWindow);
    }
  }

  private synchronized void endOfWindow() {
    windowOpen = false;
    // Silent for a whole window: the next one is a first one again.
    counted.values().removeIf(refusal -> refusal.count() == 0);
    due.addAll(counted.keySet());
    openWindow();
    pump.signal();
  }

  private void deliver() {
    List<Refusal> waiting = waiting();
    for (int from = 0; from < waiting.size(); from += MOST_IN_A_MESSAGE) {
      List<Refusal> message =
          waiting.subList(from, Math.min(from + MOST_IN_A_MESSAGE, waiting.size()));
      if (!delivery.test(message)) {
        return;
      }
      message.forEach(RefusalLog::log);
      message.forEach(this::subtract);
    }
  }

  private static void log(Refusal refusal) {
    LOG.atInfo()
        .addKeyValue("reason", refusal.caller().reason().label())
        .addKeyValue("uid", Integer.toUnsignedString(refusal.caller().uid()))
        .addKeyValue("executable", refusal.caller().executable())
        .addKeyValue("count", refusal.count())
        .log("refused");
  }

  private synchronized List<Refusal> waiting() {
    return counted.values().stream()
        .filter(refusal -> refusal.count() > 0 && due.contains(refusal.caller()))
        .toList();
  }

  private synchronized void subtract(Refusal delivered) {
    due.remove(delivered.caller());
    counted.computeIfPresent(
        delivered.caller(),
        (caller, now) ->
            new Refusal(caller, now.told(), now.mark(), now.count() - delivered.count()));
  }
}
