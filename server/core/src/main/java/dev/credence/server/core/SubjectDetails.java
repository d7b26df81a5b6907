package dev.credence.server.core;

import dev.credence.attestors.Selector;
import dev.credence.server.core.model.Governance;
import dev.credence.server.core.model.NodeSelection;
import dev.credence.server.core.model.Registration;
import dev.credence.server.core.model.Subject;
import java.util.Collection;
import java.util.stream.Collectors;

/// Agents, services and registrations as details of events. Stateless.
final class SubjectDetails {
  private SubjectDetails() {}

  /// "agent finance/invoice-bot"
  static String thing(Subject subject) {
    return subject.handle().kind().label() + " " + subject.handle().display();
  }

  static Details of(Subject subject) {
    Governance governance = subject.governance();
    return Details.of("name", subject.handle().display())
        .and("ttl", Durations.text(subject.svid().ttl()))
        .and("dns-names", String.join(" ", subject.svid().dnsNames()))
        .and("hint", subject.svid().hint())
        .and("jwt", subject.svid().jwt())
        .and("lifetime", subject.svid().lifetime().label())
        .and("purpose", governance.purpose())
        .and("minimum-code", governance.minimum().code().label())
        .and("minimum-isolation", governance.minimum().isolation().label())
        .and("revision", subject.revision());
  }

  static Details of(Registration registration) {
    Details details =
        Details.of("registration", registration.id())
            .and("selectors", sorted(registration.selectors()))
            .and("nodes", text(registration.nodes()));
    return registration.minimum().equals(Governance.Assurance.NONE)
        ? details
        : details
            .and("set-minimum-code", registration.minimum().code().label())
            .and("set-minimum-isolation", registration.minimum().isolation().label());
  }

  /// Of one set of selectors, for people; empty: nothing.
  static String demanded(Governance.Assurance minimum) {
    return minimum.equals(Governance.Assurance.NONE)
        ? ""
        : Texts.format(
            " with code %s, isolation %s or more",
            minimum.code().label(), minimum.isolation().label());
  }

  static String text(NodeSelection nodes) {
    return switch (nodes) {
      case NodeSelection.AnyNode _ -> "any";
      case NodeSelection.Having having -> sorted(having.selectors());
    };
  }

  static String sorted(Collection<Selector> selectors) {
    return selectors.stream().map(Selector::toString).sorted().collect(Collectors.joining(" "));
  }
}
