package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Bar;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.model.Registration;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Sets and lifts bars inside a transaction, each with its event, and tells the node after the
/// commit.
final class Barring {
  private final Plumbing plumbing;
  private final NodeNews news;

  Barring(Plumbing plumbing, NodeNews news) {
    this.plumbing = plumbing;
    this.news = news;
  }

  /// Decides whether an agent or service may run on a node.
  static void requireNone(View view, Id node, Subject subject) throws ServerException {
    Optional<Bar> bar = view.bars().inForce(node, subject.id());
    if (bar.isPresent()) {
      throw new ServerException(
          Kind.REFUSED,
          Texts.format(
              "%s %s: barred on node %s since %s, when execution %s was revoked (expected: lifted with"
                  + " credence execution unbar)",
              subject.handle().kind().label(),
              subject.handle().display(),
              node,
              bar.get().set().at(),
              bar.get().scope().executionId()));
    }
  }

  /// The same, and whether what the process is registered as came from a registrar while an
  /// operator's bar is on its uid there: else a second agent would be the way around it. All bars
  /// are operators', since nobody below ends executions.
  static void requireNone(View view, Id node, Admission.Admitted admitted) throws ServerException {
    requireNone(view, node, admitted.subject());
    int uid = admitted.attested().attestation().process().uid();
    Optional<Bar> bar = binding(view, node, admitted.registration(), uid);
    if (bar.isPresent()) {
      throw new ServerException(
          Kind.REFUSED,
          Texts.format(
              "%s %s: a registrar registered it, and uid %s is barred on node %s since %s, when"
                  + " execution %s was revoked (expected: lifted with credence execution unbar, or"
                  + " selectors that an operator gave)",
              admitted.subject().handle().kind().label(),
              admitted.subject().handle().display(),
              Integer.toUnsignedString(uid),
              node,
              bar.get().set().at(),
              bar.get().scope().executionId()));
    }
  }

  /// The bar that keeps processes of that uid on that node from running through this registration.
  static Optional<Bar> binding(View view, Id node, Registration through, int uid) {
    return through.byRegistrar() ? view.bars().inForceFor(node, uid) : Optional.empty();
  }

  /// Those that run on the bar's node under one of these uids, as something that a registrar
  /// registered. From now on the bar binds those uids.
  static List<Execution> bound(Transaction tx, Bar bar, Set<Integer> uids) {
    uids.forEach(uid -> tx.bars().bind(bar, uid));
    return tx.executions().runningOn(bar.scope().nodeId()).stream()
        .filter(one -> uids.contains(one.attestation().process().uid()))
        .filter(one -> byRegistrar(tx, one))
        .toList();
  }

  private static boolean byRegistrar(View view, Execution execution) {
    return view.subjects()
        .registration(execution.host().registrationId())
        .filter(Registration::byRegistrar)
        .isPresent();
  }

  /// The bar in force on that execution's agent and node; set now if there is none.
  Bar set(Transaction tx, Call call, Execution revoked, String reason) {
    Execution.Host host = revoked.host();
    Optional<Bar> before = tx.bars().inForce(host.nodeId(), host.subjectId());
    if (before.isPresent()) {
      return before.get();
    }
    var scope = new Bar.Scope(host.subjectId(), host.nodeId(), revoked.id());
    var bar = new Bar(plumbing.newId(), scope, decision(call, reason), Optional.empty());
    tx.bars().insert(bar);
    record(tx, call, EventKind.BAR_SET, scope, Details.of("reason", reason));
    tell(tx, host.nodeId());
    return bar;
  }

  Bar lift(Transaction tx, Call call, Bar bar, String reason) {
    Bar lifted = bar.lifted(decision(call, reason));
    tx.bars().lift(lifted);
    Details details =
        Details.of("reason", reason)
            .and("set-at", bar.set().at())
            .and("set-by", bar.set().by())
            .and("set-reason", bar.set().reason());
    record(tx, call, EventKind.BAR_LIFTED, bar.scope(), details);
    tell(tx, bar.scope().nodeId());
    return lifted;
  }

  private Bar.Decision decision(Call call, String reason) {
    return new Bar.Decision(plumbing.database().now(), call.actor().label(), reason);
  }

  private void record(Transaction tx, Call call, EventKind kind, Bar.Scope scope, Details details) {
    var about =
        new About(
            tx.subjects().find(scope.subjectId()).map(it -> it.handle().ownerId()),
            Optional.of(scope.subjectId()),
            Optional.of(scope.nodeId()),
            Optional.of(scope.executionId()));
    plumbing
        .journal()
        .append(
            tx,
            details.event(kind, call.actor(), about, call.request()),
            plumbing.database().now());
  }

  private void tell(Transaction tx, Id node) {
    List<Bar> inForce = tx.bars().inForceOn(node);
    tx.afterCommit(() -> news.bars(node, inForce));
  }
}
