package dev.credence.server.core;

import dev.credence.server.core.ExecutionEnd.Why;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.port.Transaction;
import java.util.Optional;
import java.util.function.Consumer;

/// Makes a changed agent or service so, within a transaction: a new revision, its event, the ends
/// of its executions; after the commit the nodes are told, first what leads where now, then what
/// has ended.
final class SubjectWrites {
  private final Plumbing plumbing;
  private final Registry registry;
  private final ForcedEnd forcedEnd;

  SubjectWrites(Plumbing plumbing, Registry registry, ForcedEnd forcedEnd) {
    this.plumbing = plumbing;
    this.registry = registry;
    this.forcedEnd = forcedEnd;
  }

  void carryOut(Transaction tx, Occasion occasion, SubjectStep step) {
    carryOut(tx, occasion, step, change -> tx.afterCommit(() -> registry.publish(change)));
  }

  /// As one of several that are published together.
  ///
  /// @param news takes the change; whoever published it does so after the commit, and first of all
  void carryOut(
      Transaction tx, Occasion occasion, SubjectStep step, Consumer<RegistryChange> news) {
    Subject after = step.after().at(tx.meta().nextRegistryNumber());
    tx.subjects().update(after);
    journal(tx, occasion, step, after);
    var entries =
        step.registrations().stream()
            .map(registration -> new RegistryEntry(after, registration, step.withheld()))
            .toList();
    news.accept(new RegistryChange(after.revision(), after.id(), entries));
    step.fates().forEach(fate -> carryOut(tx, occasion, fate));
    if (step.withheld() != Withheld.NOT) {
      // It may have no identity any more: neither may what it had a while ago.
      forcedEnd.endedOf(tx, after.id());
    }
  }

  private void journal(Transaction tx, Occasion occasion, SubjectStep step, Subject after) {
    plumbing
        .journal()
        .append(
            tx,
            step.what()
                .details()
                .and("reason", occasion.reason())
                .and("revision", after.revision())
                .event(step.what().kind(), occasion.actor(), about(after), occasion.request()),
            occasion.now());
  }

  static About about(Subject subject) {
    return new About(
        Optional.of(subject.handle().ownerId()),
        Optional.of(subject.id()),
        Optional.empty(),
        Optional.empty());
  }

  private void carryOut(Transaction tx, Occasion occasion, Fate fate) {
    switch (fate.effect()) {
      case ENDS -> {
        var why = new Why(occasion.actor(), fate.reason(), Optional.of(occasion.request()));
        forcedEnd.run(tx, fate.execution(), why);
      }
      case MOVES ->
          fate.through().ifPresent(through -> tx.executions().move(fate.execution().id(), through));
      case RENEWS, STAYS -> {
        // The node asks, once it knows the new revision; or nobody does.
      }
    }
  }
}
