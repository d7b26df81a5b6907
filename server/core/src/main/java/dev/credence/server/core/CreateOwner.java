package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.certs.Name;
import dev.credence.certs.Printable;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.model.Owner;
import dev.credence.server.core.model.OwnerState;
import dev.credence.server.core.model.Person;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/// Makes an owner: an accountable team, with the human who answers for it. Thread-safe.
public final class CreateOwner {
  private static final int MOST_TEXT = 1024;
  private static final String OPERATION = "create-owner";

  private final Plumbing plumbing;
  private final AccountablePerson persons;
  private final AnswerFormat<OwnerView> format = new Format();

  CreateOwner(Plumbing plumbing) {
    this.plumbing = plumbing;
    this.persons = new AccountablePerson(plumbing);
  }

  /// What is asked for, not yet checked.
  ///
  /// @param human name of the accountable person, made known if it isn't yet; empty: the person
  ///   that the calling uid stands for
  /// @param callerName user name of the calling uid; empty: not known
  /// @param parent name or id of the owner above; empty: none
  public record NewOwner(
      String name,
      String displayName,
      String contact,
      String human,
      String callerName,
      String parent) {}

  /// All or nothing. Errors: INVALID, NOT_FOUND (parent), ALREADY_EXISTS, REQUEST_REUSED,
  /// UNAVAILABLE.
  public OwnerView run(Actor actor, RequestId request, NewOwner asked) throws ServerException {
    return run(actor, request, asked, "");
  }

  /// The same.
  ///
  /// @param reason why, for the event; may be empty
  public OwnerView run(Actor actor, RequestId request, NewOwner asked, String reason)
      throws ServerException {
    return plumbing
        .refusals()
        .watch(actor, OPERATION, About.nothing(), () -> create(actor, request, asked, reason));
  }

  private OwnerView create(Actor actor, RequestId request, NewOwner asked, String reason)
      throws ServerException {
    var call =
        new Call(
            actor,
            request,
            Fingerprint.of(OPERATION)
                .text(asked.name)
                .text(asked.displayName)
                .text(asked.contact)
                .text(asked.human)
                .text(asked.parent)
                .text(reason)
                .digest());
    Name name = check(asked, reason);
    Id id = plumbing.newId();
    return plumbing
        .writes()
        .write(call, format, tx -> insert(tx, new Making(call, id, name, asked, reason)));
  }

  private record Making(Call call, Id id, Name name, NewOwner asked, String reason) {}

  private static Name check(NewOwner asked, String reason) throws ServerException {
    var problems = new Problems();
    problems.text("reason", reason, ChangeRunner.LONGEST_REASON);
    Optional<Name> name = problems.name("owner", asked.name);
    problems.text("display name", asked.displayName, MOST_TEXT);
    problems.text("contact", asked.contact, MOST_TEXT);
    if (!asked.human.isEmpty()) {
      problems.name("human", asked.human);
    }
    problems.throwIfAny();
    return name.orElseThrow();
  }

  private OwnerView insert(Transaction tx, Making making) throws ServerException {
    requireUnused(tx, making.name);
    Optional<Owner> parent =
        making.asked.parent.isEmpty()
            ? Optional.empty()
            : Optional.of(activeParent(tx, making.asked.parent));
    Person person = persons.resolve(tx, making.call, making.asked);
    Instant now = plumbing.database().now();
    var owner =
        new Owner(
            making.id,
            making.name,
            new Owner.Contact(making.asked.displayName, making.asked.contact),
            person.id(),
            parent.map(Owner::id),
            OwnerState.ACTIVE,
            now);
    tx.owners().insert(owner);
    plumbing
        .journal()
        .append(
            tx,
            Details.of("name", owner.name())
                .and("display-name", making.asked.displayName)
                .and("contact", making.asked.contact)
                .and("accountable", person.name())
                .and("parent", parent.map(above -> above.name().value()).orElse(""))
                .and("reason", making.reason)
                .event(
                    EventKind.OWNER_CREATED,
                    making.call.actor(),
                    About.owner(owner.id()),
                    making.call.request()),
            now);
    return new OwnerView(owner, person, parent.map(Owner::name));
  }

  static void requireUnused(View view, Name name) throws ServerException {
    Optional<Owner> earlier = view.owners().find(name);
    if (earlier.filter(owner -> owner.state() == OwnerState.RETIRED).isPresent()) {
      throw new ServerException(
          Kind.ALREADY_EXISTS,
          Texts.format(
              "owner %s: retired%s (expected: a name never used before)",
              Printable.quoted(name.value()), Lives.at(earlier.get().retiredAt())));
    }
    if (earlier.isPresent()) {
      throw new ServerException(
          Kind.ALREADY_EXISTS,
          Texts.format(
              "owner %s: there is or was one (expected: a name never used before)",
              Printable.quoted(name.value())));
    }
  }

  static Owner activeParent(View view, String reference) throws ServerException {
    Owner parent =
        References.owner(view, reference)
            .orElseThrow(() ->
                new ServerException(
                    Kind.NOT_FOUND,
                    Texts.format("parent owner %s: not found", Printable.quoted(reference))));
    if (parent.state() != OwnerState.ACTIVE) {
      throw new ServerException(
          Kind.INVALID,
          Texts.format(
              "parent owner %s: %s (expected: active)",
              parent.name(), parent.state().name().toLowerCase(Locale.ROOT)));
    }
    return parent;
  }

  private static final class Format implements AnswerFormat<OwnerView> {
    @Override
    public byte[] encode(OwnerView answer) {
      return answer.owner().id().bytes();
    }

    @Override
    public OwnerView decode(View view, byte[] bytes) {
      return Views.owner(view, view.owners().find(Id.fromBytes(bytes)).orElseThrow());
    }
  }
}
