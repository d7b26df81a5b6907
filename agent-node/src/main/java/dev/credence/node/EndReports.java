package dev.credence.node;

import dev.credence.certs.Id;
import dev.credence.node.CallException.Kind;
import dev.credence.transport.Backoff;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the server which executions have ended: at once, and again until it knows. Thread-safe.
final class EndReports {
  private static final Logger LOG = LoggerFactory.getLogger(EndReports.class);
  private static final Duration FIRST_RETRY = Duration.ofMillis(500);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);

  private final ExecutionCalls server;
  private final Executor executor;
  private final Timers timers;
  private final Backoff backoff;
  private final PointListener points;
  private final Map<Id, Report> open = new ConcurrentHashMap<>();
  private final AtomicBoolean retryPlanned = new AtomicBoolean();

  EndReports(ExecutionCalls server, Executor executor, Seams seams) {
    this.server = server;
    this.executor = executor;
    this.timers = seams.timers();
    this.points = seams.points();
    this.backoff = new Backoff(FIRST_RETRY, LONGEST_RETRY, seams.random());
  }

  private record Report(Id execution, EndReason reason, AtomicBoolean underWay) {}

  /// Never blocks. A second report about an execution is dropped.
  void report(Id execution, EndReason reason) {
    var report = new Report(execution, reason, new AtomicBoolean());
    if (open.putIfAbsent(execution, report) == null) {
      points.reached(PointListener.Point.END_FOUND);
      executor.execute(() -> send(report));
    }
  }

  /// True if an end of this execution was not yet acknowledged.
  boolean isOpen(Id execution) {
    return open.containsKey(execution);
  }

  int size() {
    return open.size();
  }

  /// Tries to deliver all that is left, and returns when each was tried once, or the server is
  /// away: each of the others would only wait as long.
  void flush() {
    for (Report report : List.copyOf(open.values())) {
      if (!send(report)) {
        return;
      }
    }
  }

  /// False: the server is away.
  private boolean send(Report report) {
    if (!report.underWay.compareAndSet(false, true)) {
      return true;
    }
    try {
      server.end(report.execution, report.reason);
      points.reached(PointListener.Point.END_REPORTED);
      delivered(report);
      return true;
    } catch (CallException e) {
      if (e.kind() == Kind.AWAY || e.kind() == Kind.BEHIND) {
        // Behind: the server doesn't know this daemon's start yet; it will when the stream is open.
        planRetry();
      } else {
        // The server has its own opinion about this execution; asking again would not change it.
        LOG.atInfo()
            .addKeyValue("execution", report.execution)
            .addKeyValue("reason", e.getMessage())
            .log("end not accepted by the server");
        open.remove(report.execution);
      }
      return e.kind() != Kind.AWAY;
    } finally {
      report.underWay.set(false);
    }
  }

  private void delivered(Report report) {
    open.remove(report.execution);
    synchronized (backoff) {
      backoff.reset();
    }
    LOG.atInfo()
        .addKeyValue("execution", report.execution)
        .addKeyValue("reason", report.reason.label())
        .log("end of an execution reported");
  }

  private void planRetry() {
    if (!retryPlanned.compareAndSet(false, true)) {
      return;
    }
    Duration wait;
    synchronized (backoff) {
      wait = backoff.next();
    }
    var _ =
        timers.after(
            wait,
            () -> {
              retryPlanned.set(false);
              executor.execute(this::flush);
            });
  }
}
