package dev.credence.server.core;

import dev.credence.certs.Name;
import dev.credence.server.core.ApplyReport.Action;
import dev.credence.server.core.ApplyReport.PlannedChange;
import dev.credence.server.core.ChangeReport.FieldChange;
import dev.credence.server.core.UpdateOwner.Patch;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.model.Owner;
import dev.credence.server.core.model.OwnerState;
import dev.credence.server.core.model.Person;
import dev.credence.server.core.port.Transaction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Plans declared owners: who stands above comes first. Thread-safe.
final class ApplyOwners {
  private final Plumbing plumbing;

  ApplyOwners(Plumbing plumbing) {
    this.plumbing = plumbing;
  }

  void plan(ApplyWork work, List<Declared.Owner> owners) {
    Map<String, Declared.Owner> waiting = new LinkedHashMap<>();
    owners.forEach(owner -> waiting.put(owner.name(), owner));
    boolean moved = true;
    while (moved) {
      List<Declared.Owner> ready =
          waiting.values().stream().filter(it -> !waiting.containsKey(it.parent())).toList();
      ready.forEach(owner -> waiting.remove(owner.name()));
      ready.forEach(owner -> work.plan(owner, () -> plan(work, owner)));
      moved = !ready.isEmpty();
    }
    waiting
        .values()
        .forEach(owner ->
            work.fail(
                owner,
                Texts.format("parent: %s, and so in a circle (expected: none)", owner.parent())));
  }

  private void plan(ApplyWork work, Declared.Owner declared) throws ServerException {
    var problems = new Problems();
    Optional<Name> name = problems.name("owner", declared.name());
    if (declared.human().isEmpty()) {
      problems.add("human: none (expected: the name of the person who answers for the owner)");
    }
    if (!declared.parent().isEmpty()) {
      problems.name("parent owner", declared.parent());
    }
    problems.throwIfAny();
    if (work.reach().isRegistrars()) {
      unchanged(work, declared);
      return;
    }
    if (work.restsOnFailed(declared, "person " + declared.human())
        || work.restsOnFailed(declared, "owner " + declared.parent())) {
      return;
    }
    var patch =
        new Patch(
            Set.of(UpdateOwner.Field.values()),
            declared.displayName(),
            declared.contact(),
            declared.human(),
            declared.parent());
    UpdateOwner.check(patch);
    Optional<Owner> before = work.view().owners().find(name.orElseThrow());
    if (before.isPresent()) {
      update(work, declared, before.get(), patch);
    } else {
      create(work, declared, name.get());
    }
  }

  /// A registrar may declare its owners as they are; nothing else is looked up for it.
  private static void unchanged(ApplyWork work, Declared.Owner declared) throws ServerException {
    Owner owner = work.reach().owner(work.view(), declared.name());
    Optional<String> parent =
        owner.parent().map(id -> work.view().owners().find(id).orElseThrow().name().value());
    boolean same =
        owner.contact().equals(new Owner.Contact(declared.displayName(), declared.contact()))
            && declared.human().equals(accountable(work, owner))
            && declared.parent().equals(parent.orElse(""));
    Optional<FieldChange> joining = work.joining(declared.thing(), owner.id());
    if (!same || joining.isPresent()) {
      work.reach()
          .requireWhole(
              "owner " + owner.name() + " as it is declared is not a registrar's to change");
    }
    work.declared(owner.id());
    work.unchanged();
  }

  private static String accountable(ApplyWork work, Owner owner) {
    return work.view().owners().person(owner.accountable()).orElseThrow().name().value();
  }

  private void create(ApplyWork work, Declared.Owner declared, Name name) throws ServerException {
    CreateOwner.requireUnused(work.view(), name);
    Person person = References.person(work.view(), declared.human());
    Optional<Owner> parent =
        declared.parent().isEmpty()
            ? Optional.empty()
            : Optional.of(CreateOwner.activeParent(work.view(), declared.parent()));
    var owner =
        new Owner(
            plumbing.newId(),
            name,
            new Owner.Contact(declared.displayName(), declared.contact()),
            person.id(),
            parent.map(Owner::id),
            OwnerState.ACTIVE,
            work.now());
    Optional<FieldChange> joining = work.joining(declared.thing());
    List<FieldChange> fields = new ArrayList<>(described(declared));
    joining.ifPresent(fields::add);
    work.view().owners().put(owner);
    work.declared(owner.id());
    work.add(
        ApplyStep.of(
            new PlannedChange(Action.CREATE, declared.thing(), declared.position(), 0, fields),
            (tx, occasion, news) -> {
              tx.owners().insert(owner);
              work.joins(owner.id(), joining).in(tx, occasion, news);
              Details details =
                  Details.of("name", name)
                      .and("display-name", declared.displayName())
                      .and("contact", declared.contact())
                      .and("accountable", person.name())
                      .and("parent", declared.parent())
                      .and("set", work.set().map(Name::value).orElse(""));
              journal(tx, occasion, EventKind.OWNER_CREATED, new Noted(owner, details));
            }));
  }

  private static List<FieldChange> described(Declared.Owner declared) {
    String thing = declared.thing();
    return List.of(
            new FieldChange(thing, "display-name", "", declared.displayName()),
            new FieldChange(thing, "contact", "", declared.contact()),
            new FieldChange(thing, "accountable", "", declared.human()),
            new FieldChange(thing, "parent", "", declared.parent()))
        .stream()
        .filter(field -> !field.after().isEmpty())
        .toList();
  }

  private void update(ApplyWork work, Declared.Owner declared, Owner before, Patch patch)
      throws ServerException {
    work.declared(before.id());
    Lives.requireNotRetired(before);
    Optional<FieldChange> joining = work.joining(declared.thing(), before.id());
    Owner after = UpdateOwner.patched(work.view(), before, patch);
    List<FieldChange> own = UpdateOwner.changes(work.view(), before, after);
    List<FieldChange> fields = new ArrayList<>(own);
    joining.ifPresent(fields::add);
    if (fields.isEmpty()) {
      work.unchanged();
      return;
    }
    if (!own.isEmpty()) {
      work.view().owners().put(after);
    }
    work.add(
        ApplyStep.of(
            new PlannedChange(
                Action.UPDATE, declared.thing(), declared.position(), before.revision(), fields),
            (tx, occasion, news) -> {
              if (!own.isEmpty()) {
                tx.owners().update(after);
              }
              work.joins(before.id(), joining).in(tx, occasion, news);
              Details details =
                  Lives.details(fields)
                      .and("name", before.name())
                      .and("revision", own.isEmpty() ? before.revision() : after.revision());
              journal(tx, occasion, EventKind.OWNER_UPDATED, new Noted(before, details));
            }));
  }

  private record Noted(Owner owner, Details details) {}

  private void journal(Transaction tx, Occasion occasion, EventKind kind, Noted noted) {
    plumbing
        .journal()
        .append(
            tx,
            noted
                .details
                .and("reason", occasion.reason())
                .event(kind, occasion.actor(), About.owner(noted.owner.id()), occasion.request()),
            occasion.now());
  }
}
