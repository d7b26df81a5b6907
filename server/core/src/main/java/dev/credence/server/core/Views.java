package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.certs.TrustDomain;
import dev.credence.server.core.model.Bar;
import dev.credence.server.core.model.Event;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.Owner;
import dev.credence.server.core.model.Person;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.port.View;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Puts together what is shown. What the database's own references promise must be there.
final class Views {
  private Views() {}

  static OwnerView owner(View view, Owner owner) {
    Person accountable =
        view.owners()
            .person(owner.accountable())
            .orElseThrow(() -> missing("person", owner.accountable()));
    return new OwnerView(
        owner,
        accountable,
        owner
            .parent()
            .map(id -> view.owners().find(id).orElseThrow(() -> missing("owner", id)).name()));
  }

  static SubjectView subject(View view, TrustDomain trustDomain, Subject subject) {
    return new SubjectView(
        subject,
        subject.handle().identity().in(trustDomain),
        view.subjects().registrationsOf(subject.id()));
  }

  static ChangeRunner.Showing<SubjectView> showingSubject(TrustDomain trustDomain) {
    return (view, id) ->
        subject(
            view, trustDomain, view.subjects().find(id).orElseThrow(() -> missing("subject", id)));
  }

  static ChangeRunner.Showing<OwnerView> showingOwner() {
    return (view, id) ->
        owner(view, view.owners().find(id).orElseThrow(() -> missing("owner", id)));
  }

  static ExecutionView execution(View view, TrustDomain trustDomain, Execution execution) {
    Id id = execution.host().subjectId();
    Subject subject = view.subjects().find(id).orElseThrow(() -> missing("subject", id));
    return new ExecutionView(
        execution,
        subject,
        subject.handle().identity().in(trustDomain),
        view.executions().newestCertificate(execution.id()),
        view.subjects()
            .registration(execution.host().registrationId())
            .map(one -> new RegistryEntry(subject, one).minimum())
            .orElse(subject.governance().minimum()));
  }

  static BarView bar(View view, TrustDomain trustDomain, Bar bar) {
    Id id = bar.scope().subjectId();
    Subject subject = view.subjects().find(id).orElseThrow(() -> missing("subject", id));
    return new BarView(bar, subject, subject.handle().identity().in(trustDomain));
  }

  static List<EventView> events(View view, List<Event> events) {
    Map<Id, String> names = new HashMap<>();
    return events.stream()
        .map(event ->
            new EventView(
                event,
                event
                    .what()
                    .about()
                    .subject()
                    .map(id -> names.computeIfAbsent(id, unknown -> display(view, unknown)))
                    .orElse("")))
        .toList();
  }

  private static String display(View view, Id subject) {
    return view.subjects().find(subject).map(found -> found.handle().display()).orElse("");
  }

  private static IllegalStateException missing(String what, Id id) {
    return new IllegalStateException(
        Texts.format("%s %s: referred to, but not in the database", what, id));
  }
}
