package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.ChangeReport.Affected;
import dev.credence.server.core.ChangeReport.FieldChange;
import dev.credence.server.core.port.Transaction;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A change that was decided on and not yet made.
///
/// @param about the thing that is shown afterwards
/// @param since when a state that it is in already was last decided; empty: it was made so, or it
///   is in another one
/// @param doing makes the change, in the transaction in which it was planned
record Plan(
    Id about,
    List<FieldChange> fields,
    List<Affected> executions,
    Optional<Instant> since,
    Doing doing) {
  Plan {
    fields = List.copyOf(fields);
    executions = List.copyOf(executions);
  }

  Plan(Id about, List<FieldChange> fields, List<Affected> executions, Doing doing) {
    this(about, fields, executions, Optional.empty(), doing);
  }

  /// Makes a change. What it needs to decide was decided before.
  @FunctionalInterface
  interface Doing {
    void in(Transaction tx, Occasion occasion);
  }

  /// Everything is so already.
  static Plan nothing(Id about) {
    return new Plan(about, List.of(), List.of(), (_, _) -> {});
  }

  /// It is in that state already.
  static Plan already(Id about, Optional<Instant> since) {
    return new Plan(about, List.of(), List.of(), since, (_, _) -> {});
  }

  ChangeReport report(boolean done) {
    int shown = Math.min(executions.size(), ChangeReport.MOST_EXECUTIONS);
    return new ChangeReport(
        about,
        done,
        fields,
        new ChangeReport.Executions(executions.subList(0, shown), executions.size() - shown),
        since);
  }
}
