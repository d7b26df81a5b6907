package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.certs.Name;
import dev.credence.certs.Printable;
import dev.credence.server.core.ChangeReport.FieldChange;
import dev.credence.server.core.ChangeRunner.Undertaking;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.model.Owner;
import dev.credence.server.core.model.OwnerState;
import dev.credence.server.core.model.Person;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Changes who answers for an owner, where it is reached, and what stands above it. Thread-safe.
public final class UpdateOwner {
  private static final String OPERATION = "update-owner";
  private static final int MOST_TEXT = 1024;

  private final ChangeRunner runner;
  private final Plumbing plumbing;

  UpdateOwner(ChangeRunner runner, Plumbing plumbing) {
    this.runner = runner;
    this.plumbing = plumbing;
  }

  /// What can be changed.
  public enum Field {
    DISPLAY_NAME,
    CONTACT,
    HUMAN,
    PARENT
  }

  /// New values.
  ///
  /// @param fields which of them count
  /// @param human name of a person who is known
  /// @param parent name or id of the owner above; empty: none
  public record Patch(
      Set<Field> fields, String displayName, String contact, String human, String parent) {
    public Patch {
      fields = Set.copyOf(fields);
    }
  }

  /// Errors: INVALID (also: a circle of parents; retired), NOT_FOUND (owner, human, parent), STALE
  /// (revision), REQUEST_REUSED, UNAVAILABLE.
  ///
  /// @param reference name or id
  public Changed<OwnerView> run(Actor actor, ChangeAsk ask, String reference, Patch patch)
      throws ServerException {
    var question =
        Fingerprint.of(OPERATION)
            .text(reference)
            .texts(patch.fields.stream().sorted().toList())
            .text(patch.displayName)
            .text(patch.contact)
            .text(patch.human)
            .text(patch.parent);
    return runner.run(
        actor,
        ask,
        new Undertaking<>(
            OPERATION, question, view -> plan(view, ask, reference, patch), Views.showingOwner()));
  }

  private Plan plan(View view, ChangeAsk ask, String reference, Patch patch)
      throws ServerException {
    Owner before = References.knownOwner(view, reference);
    ask.requireRevision("owner " + before.name(), before.revision());
    Lives.requireNotRetired(before);
    check(patch);
    Owner after = patched(view, before, patch);
    List<FieldChange> fields = changes(view, before, after);
    if (fields.isEmpty()) {
      return Plan.nothing(before.id());
    }
    return new Plan(
        before.id(), fields, List.of(), (tx, occasion) -> write(tx, occasion, after, fields));
  }

  static void check(Patch patch) throws ServerException {
    var problems = new Problems();
    problems.text("display name", patch.displayName, MOST_TEXT);
    problems.text("contact", patch.contact, MOST_TEXT);
    if (patch.fields.contains(Field.HUMAN)) {
      problems.name("human", patch.human);
    }
    problems.throwIfAny();
  }

  static Owner patched(View view, Owner before, Patch patch) throws ServerException {
    Set<Field> fields = patch.fields;
    var contact =
        new Owner.Contact(
            fields.contains(Field.DISPLAY_NAME)
                ? patch.displayName
                : before.contact().displayName(),
            fields.contains(Field.CONTACT) ? patch.contact : before.contact().address());
    Id accountable =
        fields.contains(Field.HUMAN)
            ? References.person(view, patch.human).id()
            : before.accountable();
    Optional<Id> parent =
        fields.contains(Field.PARENT) ? parent(view, before, patch.parent) : before.parent();
    return new Owner(
        before.id(),
        before.name(),
        contact,
        accountable,
        parent,
        before.state(),
        before.createdAt(),
        before.revision() + 1,
        before.retiredAt());
  }

  private static Optional<Id> parent(View view, Owner owner, String reference)
      throws ServerException {
    if (reference.isEmpty()) {
      return Optional.empty();
    }
    Owner parent = References.knownOwner(view, reference);
    if (parent.state() != OwnerState.ACTIVE) {
      throw new ServerException(
          Kind.INVALID,
          Texts.format(
              "parent owner %s: %s (expected: active)", parent.name(), Lives.word(parent.state())));
    }
    Set<Id> above = new HashSet<>();
    Optional<Owner> next = Optional.of(parent);
    while (next.isPresent() && above.add(next.get().id())) {
      next = next.get().parent().flatMap(id -> view.owners().find(id));
    }
    if (above.contains(owner.id())) {
      throw new ServerException(
          Kind.INVALID,
          Texts.format(
              "parent owner %s: owner %s stands above it (expected: no circle)",
              parent.name(), Printable.quoted(owner.name().value())));
    }
    return Optional.of(parent.id());
  }

  static List<FieldChange> changes(View view, Owner before, Owner after) {
    String thing = "owner " + before.name();
    List<FieldChange> all = new ArrayList<>();
    all.add(
        new FieldChange(
            thing, "display-name", before.contact().displayName(), after.contact().displayName()));
    all.add(
        new FieldChange(thing, "contact", before.contact().address(), after.contact().address()));
    all.add(
        new FieldChange(
            thing,
            "accountable",
            person(view, before.accountable()),
            person(view, after.accountable())));
    all.add(
        new FieldChange(
            thing, "parent", owner(view, before.parent()), owner(view, after.parent())));
    return all.stream().filter(field -> !field.before().equals(field.after())).toList();
  }

  private static String person(View view, Id id) {
    return view.owners().person(id).map(Person::name).map(Name::value).orElse("");
  }

  private static String owner(View view, Optional<Id> id) {
    return id.flatMap(one -> view.owners().find(one)).map(Owner::name).map(Name::value).orElse("");
  }

  private void write(Transaction tx, Occasion occasion, Owner after, List<FieldChange> fields) {
    tx.owners().update(after);
    plumbing
        .journal()
        .append(
            tx,
            Lives.details(fields)
                .and("name", after.name())
                .and("reason", occasion.reason())
                .and("revision", after.revision())
                .event(
                    EventKind.OWNER_UPDATED,
                    occasion.actor(),
                    About.owner(after.id()),
                    occasion.request()),
            occasion.now());
  }
}
