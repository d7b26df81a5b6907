package dev.credence.server.core;

import dev.credence.certs.Name;
import dev.credence.certs.Printable;
import dev.credence.server.core.ChangePersons.Accounts;
import dev.credence.server.core.ChangePersons.Field;
import dev.credence.server.core.ChangeReport.FieldChange;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.AdministratorState;
import dev.credence.server.core.model.OidcSubject;
import dev.credence.server.core.model.Person;
import dev.credence.server.core.port.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What persons may look like, and what keeps them. Stateless.
final class PersonRules {
  private static final int MOST_UIDS = 32;
  private static final int LONGEST = 255;
  private static final int SHOWN = 10;
  // (uid_t) -1: the kernel's word for nobody in particular.
  private static final int NO_UID = -1;

  private PersonRules() {}

  static void check(Accounts accounts, Problems problems) {
    if (accounts.oidcIssuer().isEmpty() != accounts.oidcSubject().isEmpty()) {
      problems.add("oidc: issuer and subject go together (expected: both, or none)");
    }
    problems.text("oidc issuer", accounts.oidcIssuer(), LONGEST);
    problems.text("oidc subject", accounts.oidcSubject(), LONGEST);
    if (!accounts.oidcIssuer().isEmpty() && !accounts.oidcIssuer().startsWith("https://")) {
      problems.add(
          Texts.format(
              "oidc issuer: %s (expected: https://...)", Printable.quoted(accounts.oidcIssuer())));
    }
    if (!accounts.administrator().isEmpty()) {
      Optional<Name> _ = problems.name("administrator", accounts.administrator());
    }
    if (accounts.localUids().size() > MOST_UIDS || accounts.localUids().contains(NO_UID)) {
      problems.add(
          Texts.format(
              "local uids: %d (expected: at most %d, none of them 4294967295)",
              accounts.localUids().size(), MOST_UIDS));
    }
  }

  static Person with(Person before, Set<Field> fields, Accounts accounts, long revision) {
    Optional<OidcSubject> oidc =
        accounts.oidcIssuer().isEmpty()
            ? Optional.empty()
            : Optional.of(new OidcSubject(accounts.oidcIssuer(), accounts.oidcSubject()));
    Optional<Name> administrator =
        accounts.administrator().isEmpty()
            ? Optional.empty()
            : Optional.of(new Name(accounts.administrator()));
    return new Person(
        before.id(),
        before.name(),
        fields.contains(Field.OIDC) ? oidc : before.oidc(),
        fields.contains(Field.ADMINISTRATOR) ? administrator : before.administrator(),
        fields.contains(Field.LOCAL_UIDS) ? accounts.localUids() : before.localUids(),
        revision);
  }

  static void requireUnused(View view, Person person) throws ServerException {
    List<String> taken = new ArrayList<>();
    other(person, view.owners().person(person.name()))
        .ifPresent(it -> taken.add("name: there is a person " + it.name()));
    person
        .oidc()
        .flatMap(account -> other(person, view.owners().personOf(account)))
        .ifPresent(it -> taken.add("oidc account: it is person " + it.name()));
    person
        .administrator()
        .flatMap(name -> other(person, view.owners().personOfAdministrator(name)))
        .ifPresent(it -> taken.add("administrator: it is person " + it.name()));
    for (int uid : person.localUids().stream().sorted().toList()) {
      other(person, view.owners().personOfUid(uid))
          .ifPresent(it ->
              taken.add(
                  "uid " + Integer.toUnsignedString(uid) + ": it stands for person " + it.name()));
    }
    if (!taken.isEmpty()) {
      throw new ServerException(
          Kind.ALREADY_EXISTS,
          Texts.format(
              "person %s: %s (expected: nobody else's)", person.name(), String.join("; ", taken)));
    }
  }

  private static Optional<Person> other(Person person, Optional<Person> found) {
    return found.filter(it -> !it.id().equals(person.id()));
  }

  static void requireUnreferenced(View view, Person person) throws ServerException {
    List<String> by = new ArrayList<>();
    view.owners().all().stream()
        .filter(owner -> owner.accountable().equals(person.id()))
        .forEach(owner -> by.add("accountable for owner " + owner.name()));
    view.subjects().all().stream()
        .filter(
            subject -> subject.governance().approvals().approvers().contains(person.name().value()))
        .forEach(subject -> by.add("approver of " + SubjectDetails.thing(subject)));
    person
        .administrator()
        .flatMap(name -> view.administrators().find(name))
        .filter(administrator -> administrator.state() != AdministratorState.REMOVED)
        .ifPresent(administrator -> by.add("administers as " + administrator.name()));
    if (by.isEmpty()) {
      return;
    }
    String shown = String.join(", ", by.subList(0, Math.min(SHOWN, by.size())));
    throw new ServerException(
        Kind.INVALID,
        Texts.format(
            "person %s: %s%s (expected: referred to by nothing)",
            person.name(),
            shown,
            by.size() > SHOWN ? " and " + (by.size() - SHOWN) + " more" : ""));
  }

  static List<FieldChange> changes(Person before, Person after) {
    String thing = "person " + after.name();
    return List.of(
            new FieldChange(thing, "oidc", oidc(before), oidc(after)),
            new FieldChange(thing, "administrator", administrator(before), administrator(after)),
            new FieldChange(thing, "local-uids", uids(before), uids(after)))
        .stream()
        .filter(field -> !field.before().equals(field.after()))
        .toList();
  }

  static List<FieldChange> andName(
      List<FieldChange> fields, String before, String after, Person person) {
    List<FieldChange> all = new ArrayList<>();
    all.add(new FieldChange("person " + person.name(), "name", before, after));
    all.addAll(fields);
    return all;
  }

  private static String oidc(Person person) {
    return person.oidc().map(it -> it.issuer() + " " + it.subject()).orElse("");
  }

  private static String administrator(Person person) {
    return person.administrator().map(Name::value).orElse("");
  }

  static String uids(Person person) {
    return person.localUids().stream()
        .map(Integer::toUnsignedString)
        .sorted()
        .collect(Collectors.joining(","));
  }
}
