package dev.credence.server.core;

import dev.credence.server.core.ApplyReport.PlannedChange;
import dev.credence.server.core.ChangeReport.Affected;
import dev.credence.server.core.port.Transaction;
import java.util.List;
import java.util.function.Consumer;

/// One change of a plan, decided on and not yet made.
///
/// @param executions running ones that it concerns
record ApplyStep(PlannedChange change, List<Affected> executions, Making making) {
  ApplyStep {
    executions = List.copyOf(executions);
  }

  /// Makes the change. What it needs to decide was decided before.
  @FunctionalInterface
  interface Making {
    /// @param news takes what nodes are to be told, all of one transaction together
    void in(Transaction tx, Occasion occasion, Consumer<RegistryChange> news);
  }

  static ApplyStep of(PlannedChange change, Making making) {
    return new ApplyStep(change, List.of(), making);
  }
}
