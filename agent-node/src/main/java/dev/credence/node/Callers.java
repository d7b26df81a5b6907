package dev.credence.node;

import dev.credence.node.Standing.Denied;
import dev.credence.node.Standing.NotNow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings streams together with the processes that opened them, and reports those that were
/// refused. Thread-safe.
final class Callers {
  private static final Logger LOG = LoggerFactory.getLogger(Callers.class);
  private static final int TRIES = 5;

  private final ProcessTable processes;
  private final RefusalLog refusals;
  private final NodeMetrics metrics;
  private final CallerLog log;

  Callers(ProcessTable processes, RefusalLog refusals, NodeMetrics metrics, CallerLog log) {
    this.log = log;
    this.processes = processes;
    this.refusals = refusals;
    this.metrics = metrics;
  }

  /// Lets a call follow its caller's process. Reads the process, so not on the event loop.
  void begin(Caller caller, HostedProcess.Call stream) {
    try {
      for (int i = 0; i < TRIES; i++) {
        HostedProcess process = processes.of(caller);
        Optional<Long> from = process.attach(stream);
        if (from.isPresent()) {
          stream.follow(process, from.get());
          process.evaluate();
          return;
        }
        // It was forgotten between the look-up and now.
      }
      stream.end(new NotNow("the process comes and goes; try again"));
    } catch (RefusedException e) {
      stream.end(e.standing());
    } catch (RuntimeException | Error e) {
      failed(LOG, "a call could not be begun", e);
      stream.end(new NotNow("the node failed to answer; try again"));
    }
  }

  /// Logs what went wrong with a call, which its caller may well bring about again and again.
  void failed(Logger logger, String what, Throwable failure) {
    log.turn(what)
        .ifPresent(leftOut ->
            Edge.report(
                logger,
                leftOut == 0
                    ? what
                    : Text.of("%s (%d times more since this was said last)", what, leftOut),
                failure));
  }

  /// A connection is over: its process may have executed another program.
  void connectionClosed(Caller caller) {
    caller.markIfPinned().flatMap(processes::byMark).ifPresent(HostedProcess::signal);
  }

  /// Reports a stream that ended before it got anything, if it was for a reason of the caller's.
  void report(Caller caller, Standing refused) {
    if (refused instanceof Denied(RefusalReason reason, _, Refusal.Told told)) {
      refused(caller, reason, told);
    }
  }

  void refused(Caller caller, RefusalReason reason, String detail) {
    refused(caller, reason, Refusal.Told.of(detail));
  }

  private void refused(Caller caller, RefusalReason reason, Refusal.Told told) {
    metrics.refused(reason);
    var who = caller.credentials();
    refusals.refused(
        new Refusal.Caller(
            reason,
            who.uid(),
            who.gid(),
            executable(who.pid()),
            new Refusal.Aim("", told.subject())),
        told,
        caller.markIfPinned());
  }

  /// For people only: by now it may be another process's.
  private static String executable(int pid) {
    try {
      return Files.readSymbolicLink(Path.of("/proc", Integer.toString(pid), "exe")).toString();
    } catch (IOException e) {
      return ""; // gone, or not ours to see
    }
  }
}
