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
        ? under(view, after, registrations)
        : end(view, before, LIFETIME_CHANGED);
  }

  /// Each goes on through a registration that its last attestation still satisfies and that no bar
  /// keeps its uid from, its own first; the others end.
  static List<Fate> under(View view, Subject subject, List<Registration> registrations) {
    return view.executions().runningOf(subject.id()).stream()
        .map(execution -> under(view, subject, registrations, execution))
        .toList();
  }

  private static Fate under(
      View view, Subject subject, List<Registration> registrations, Execution execution) {
    Id own = execution.host().registrationId();
    Id host = execution.host().nodeId();
    int uid = execution.attestation().process().uid();
    Optional<Node> node = view.nodes().find(host);
    Optional<Registration> through =
        ownFirst(own, registrations)
            .filter(one -> node.filter(it -> one.nodes().admits(it.selectors())).isPresent())
            .filter(one -> satisfies(execution, new RegistryEntry(subject, one)))
            .filter(one -> Barring.binding(view, host, one, uid).isEmpty())
            .findFirst();
    return through
        .map(one -> one.id().equals(own) ? goesOn(execution) : Fate.moves(execution, one.id()))
        .orElseGet(() -> Fate.ends(execution, UNREGISTERED));
  }

  private static Fate goesOn(Execution execution) {
    return execution.isDetached() ? Fate.stays(execution) : Fate.renews(execution);
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
