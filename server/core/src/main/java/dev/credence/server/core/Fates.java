package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.Node;
import dev.credence.server.core.model.Registration;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.port.View;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What becomes of the running executions of an agent or service. Stateless.
final class Fates {
  /// Nothing leads to it any more.
  static final String UNREGISTERED = "unregistered";

  /// What its executions end with is another thing now.
  static final String LIFETIME_CHANGED = "lifetime-changed";

  private Fates() {}

  /// All end.
  static List<Fate> end(View view, Subject subject, String reason) {
    return view.executions().runningOf(subject.id()).stream()
        .map(execution -> Fate.ends(execution, reason))
        .toList();
  }

  /// After its values changed: an execution keeps what it ends with, so where that is another thing
  /// now all end, and processes that are there begin anew.
  static List<Fate> updated(
      View view, Subject before, Subject after, List<Registration> registrations) {
    return before.svid().lifetime() == after.svid().lifetime()
        ? under(view, after, registrations, !isSame(before, after))
        : end(view, before, LIFETIME_CHANGED);
  }

  /// True if what certificates say, and who gets one, is as before: they need not be renewed.
  private static boolean isSame(Subject before, Subject after) {
    return before.handle().equals(after.handle())
        && before.svid().equals(after.svid())
        && before.governance().minimum().equals(after.governance().minimum());
  }

  /// Each goes on through a registration that its last attestation still satisfies and that no bar
  /// keeps its uid from, its own first; the others end.
  ///
  /// @param renewed whoever goes on by its own registration needs another certificate
  static List<Fate> under(
      View view, Subject subject, List<Registration> registrations, boolean renewed) {
    return view.executions().runningOf(subject.id()).stream()
        .map(execution -> {
          Optional<Registration> through = through(view, subject, registrations, execution);
          return through
              .map(one -> goesOn(execution, one, renewed))
              .orElseGet(() -> Fate.ends(execution, UNREGISTERED));
        })
        .toList();
  }

  private static Optional<Registration> through(
      View view, Subject subject, List<Registration> registrations, Execution execution) {
    Id own = execution.host().registrationId();
    Id host = execution.host().nodeId();
    int uid = execution.attestation().process().uid();
    Optional<Node> node = view.nodes().find(host);
    return ownFirst(own, registrations)
        .filter(one -> node.filter(it -> one.nodes().admits(it.selectors())).isPresent())
        .filter(one -> satisfies(execution, new RegistryEntry(subject, one)))
        .filter(one -> Barring.binding(view, host, one, uid).isEmpty())
        .findFirst();
  }

  private static Fate goesOn(Execution execution, Registration through, boolean renewed) {
    if (!through.id().equals(execution.host().registrationId())) {
      return Fate.moves(execution, through.id());
    }
    return renewed && !execution.isDetached() ? Fate.renews(execution) : Fate.stays(execution);
  }

  static Stream<Registration> ownFirst(Id own, List<Registration> registrations) {
    return Stream.concat(
        registrations.stream().filter(one -> one.id().equals(own)),
        registrations.stream().filter(one -> !one.id().equals(own)));
  }

  private static boolean satisfies(Execution execution, RegistryEntry entry) {
    try {
      Admission.match(entry, DigestedAttestation.of(execution.attestation()));
      return true;
    } catch (ServerException e) {
      return false;
    }
  }
}
