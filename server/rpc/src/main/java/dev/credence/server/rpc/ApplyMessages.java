package dev.credence.server.rpc;

import dev.credence.proto.admin.v1.ApplyOptions;
import dev.credence.proto.admin.v1.ApplyProblem;
import dev.credence.proto.admin.v1.ApplyResponse;
import dev.credence.proto.admin.v1.ApplySummary;
import dev.credence.proto.admin.v1.DeclaredRegistration;
import dev.credence.proto.admin.v1.DeclaredSubject;
import dev.credence.proto.admin.v1.ExpectedRevision;
import dev.credence.proto.admin.v1.PlannedChange;
import dev.credence.proto.admin.v1.SetMember;
import dev.credence.server.core.ApplyAsk;
import dev.credence.server.core.ApplyReport;
import dev.credence.server.core.ApplySet;
import dev.credence.server.core.ChangePersons.Accounts;
import dev.credence.server.core.CreateSubject.Match;
import dev.credence.server.core.CreateSubject.Profile;
import dev.credence.server.core.Declared;
import dev.credence.server.core.ServerException;
import dev.credence.server.core.SetView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `credence.admin.v1.Sets` ↔ domain.
final class ApplyMessages {
  private static final int LONGEST_POSITION = 512;
  private static final int LONGEST_NAME = 64;
  private static final int LONGEST_PLAN = 64;
  private static final int MOST_UIDS = 64;
  private static final int MOST_REGISTRATIONS = 256;
  // A message stays far below what a client takes by default, 4 MiB.
  private static final int PART_BYTES = 512 << 10;
  private static final int LONGEST_SHOWN = 2048;

  private ApplyMessages() {}

  // ---- from the wire

  static ApplyAsk ask(ApplyOptions options) throws ServerException {
    boolean without = options.getDryRun() && options.getRequestId().isEmpty();
    if (options.getExpectedPlan().length() > LONGEST_PLAN) {
      throw Fields.invalid("expected_plan: longer than " + LONGEST_PLAN + " characters");
    }
    return new ApplyAsk(
        without ? Optional.empty() : Optional.of(Fields.requestId(options.getRequestId())),
        options.getReason(),
        options.getDryRun(),
        new ApplyAsk.Scope(name("set", options.getSet()), options.getPrune(), options.getAdopt()),
        new ApplyAsk.Expected(
            options.getExpectedPlan(), revisions(options.getExpectedRevisionsList())));
  }

  private static Map<String, Long> revisions(List<ExpectedRevision> messages)
      throws ServerException {
    if (messages.size() > 2 * ApplySet.MOST_OBJECTS) {
      throw Fields.invalid("expected_revisions: " + messages.size() + " (expected: less)");
    }
    Map<String, Long> revisions = new HashMap<>();
    messages.forEach(message -> revisions.put(message.getThing(), message.getRevision()));
    return revisions;
  }

  // Long enough for every name that is right; the others are refused later, with all problems.
  private static String name(String field, String text) throws ServerException {
    if (text.length() > LONGEST_NAME) {
      throw Fields.invalid(field + ": longer than 63 characters");
    }
    return text;
  }

  static Declared declared(dev.credence.proto.admin.v1.Declared message) throws ServerException {
    String position = message.getPosition();
    if (position.length() > LONGEST_POSITION) {
      throw Fields.invalid("position: longer than " + LONGEST_POSITION + " characters");
    }
    return switch (message.getThingCase()) {
      case PERSON -> person(position, message.getPerson());
      case OWNER -> owner(position, message.getOwner());
      case SUBJECT -> subject(position, message.getSubject());
      case THING_NOT_SET ->
          throw Fields.invalid(
              "a declaration without a thing, or of a kind unknown to this server");
    };
  }

  private static Declared person(
      String position, dev.credence.proto.admin.v1.DeclaredPerson message) throws ServerException {
    if (message.getLocalUidsCount() > MOST_UIDS) {
      throw Fields.invalid(
          "local_uids: " + message.getLocalUidsCount() + " (expected: at most 32)");
    }
    return new Declared.Person(
        position,
        name("person", message.getName()),
        new Accounts(
            message.getOidcIssuer(),
            message.getOidcSubject(),
            message.getAdministrator(),
            new LinkedHashSet<>(message.getLocalUidsList())));
  }

  private static Declared owner(String position, dev.credence.proto.admin.v1.DeclaredOwner message)
      throws ServerException {
    return new Declared.Owner(
        position,
        name("owner", message.getName()),
        message.getDisplayName(),
        message.getContact(),
        name("human", message.getHuman()),
        name("parent", message.getParent()));
  }

  private static Declared subject(String position, DeclaredSubject message) throws ServerException {
    if (message.getRegistrationsCount() > MOST_REGISTRATIONS) {
      throw Fields.invalid(
          "registrations: " + message.getRegistrationsCount() + " (expected: less)");
    }
    List<Match> registrations = new ArrayList<>();
    for (DeclaredRegistration registration : message.getRegistrationsList()) {
      registrations.add(
          new Match(
              CommonMessages.rawSelectors("selectors", registration.getSelectorsList()),
              CommonMessages.rawSelectors("node_selectors", registration.getNodeSelectorsList()),
              registration.getAnyNode(),
              CommonMessages.demanded(
                  registration.getMinimumCode(), registration.getMinimumIsolation())));
    }
    return new Declared.Subject(
        position,
        new Declared.Subject.Handle(
            CommonMessages.subjectKind(message.getKind()),
            name("owner", message.getOwner()),
            name("name", message.getName()),
            name("transferred_from", message.getTransferredFrom())),
        registrations,
        new Profile(
            Fields.duration("svid_ttl", message.hasSvidTtl(), message.getSvidTtl()),
            message.getDnsNamesList(),
            message.getHint(),
            message.hasJwt() ? Optional.of(message.getJwt()) : Optional.empty(),
            CommonMessages.lifetime(message.getLifetime())),
        AdminMessages.governance(message.getGovernance()));
  }

  // ---- to the wire

  static List<ApplyResponse> parts(ApplyReport report) {
    var parts = new Parts(ApplyResponse.newBuilder().setSummary(summary(report)));
    for (var change : report.told().changes()) {
      PlannedChange message = of(change);
      parts.room(message.getSerializedSize()).addChanges(message);
    }
    for (var problem : report.told().problems()) {
      ApplyProblem message =
          ApplyProblem.newBuilder()
              .setPosition(problem.position())
              .setThing(problem.thing())
              .setMessage(problem.message())
              .build();
      parts.room(message.getSerializedSize()).addProblems(message);
    }
    report.told().left().forEach(thing -> parts.room(thing.length()).addLeft(thing));
    return parts.all();
  }

  /// Fills messages up to a size, and begins the next.
  private static final class Parts {
    private final List<ApplyResponse> full = new ArrayList<>();
    private ApplyResponse.Builder open;
    private int size;

    Parts(ApplyResponse.Builder first) {
      this.open = first;
    }

    ApplyResponse.Builder room(int bytes) {
      if (size + bytes > PART_BYTES) {
        full.add(open.build());
        open = ApplyResponse.newBuilder();
        size = 0;
      }
      size += bytes;
      return open;
    }

    List<ApplyResponse> all() {
      full.add(open.build());
      return full;
    }
  }

  private static ApplySummary summary(ApplyReport report) {
    var counts = report.counts();
    return ApplySummary.newBuilder()
        .setDone(report.done())
        .setPlan(report.plan())
        .setCreated(counts.created())
        .setUpdated(counts.updated())
        .setTransferred(counts.transferred())
        .setRetired(counts.retired())
        .setUnchanged(counts.unchanged())
        .addAllExecutions(report.executions().shown().stream().map(LifeMessages::of).toList())
        .setMoreExecutions(report.executions().more())
        .build();
  }

  private static PlannedChange of(ApplyReport.PlannedChange change) {
    return PlannedChange.newBuilder()
        .setThing(change.thing())
        .setPosition(change.position())
        .setAction(change.action().label())
        .setRevision(change.revision())
        .addAllFields(
            change.fields().stream()
                .map(field ->
                    dev.credence.proto.admin.v1.FieldChange.newBuilder()
                        .setThing(field.thing())
                        .setField(field.field())
                        .setBefore(cut(field.before()))
                        .setAfter(cut(field.after()))
                        .build())
                .toList())
        .build();
  }

  private static String cut(String text) {
    return text.length() <= LONGEST_SHOWN
        ? text
        : text.substring(0, text.offsetByCodePoints(0, LONGEST_SHOWN / 2)) + "...";
  }

  static SetMember of(SetView member) {
    return SetMember.newBuilder()
        .setSet(member.set())
        .setThing(member.thing())
        .setState(member.state())
        .build();
  }
}
