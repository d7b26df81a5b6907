package dev.credence.server.rpc;

import dev.credence.certs.Printable;
import dev.credence.proto.admin.v1.AffectedExecution;
import dev.credence.proto.admin.v1.Change;
import dev.credence.proto.admin.v1.ChangeOptions;
import dev.credence.proto.admin.v1.FieldChange;
import dev.credence.proto.admin.v1.OwnerChange;
import dev.credence.proto.admin.v1.PersonChange;
import dev.credence.proto.admin.v1.SubjectChange;
import dev.credence.proto.admin.v1.UpdateSubjectRequest;
import dev.credence.proto.common.v1.SubjectKind;
import dev.credence.server.core.ChangeAsk;
import dev.credence.server.core.ChangeReport;
import dev.credence.server.core.ChangeSubjectState.Which;
import dev.credence.server.core.Changed;
import dev.credence.server.core.CreateSubject.Profile;
import dev.credence.server.core.OwnerView;
import dev.credence.server.core.ServerException;
import dev.credence.server.core.SubjectField;
import dev.credence.server.core.SubjectView;
import dev.credence.server.core.UpdateSubject.Patch;
import dev.credence.server.core.model.Person;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// `credence.admin.v1`'s changes ↔ domain.
final class LifeMessages {
  private static final int MOST_FIELDS = 64;

  private LifeMessages() {}

  // ---- from the wire

  static ChangeAsk ask(ChangeOptions options) throws ServerException {
    if (options.getExpectedRevision() < 0) {
      throw Fields.invalid("expected_revision: out of range");
    }
    boolean without = options.getDryRun() && options.getRequestId().isEmpty();
    return new ChangeAsk(
        without ? Optional.empty() : Optional.of(Fields.requestId(options.getRequestId())),
        options.getReason(),
        options.getDryRun(),
        options.getExpectedRevision());
  }

  static Which which(SubjectKind kind, String reference) throws ServerException {
    return new Which(CommonMessages.subjectKind(kind), Fields.reference("reference", reference));
  }

  static Patch patch(UpdateSubjectRequest request) throws ServerException {
    return new Patch(
        fields(request.getFieldsList()),
        new Profile(
            Fields.duration("svid_ttl", request.hasSvidTtl(), request.getSvidTtl()),
            request.getDnsNamesList(),
            request.getHint(),
            request.hasJwt() ? Optional.of(request.getJwt()) : Optional.empty(),
            CommonMessages.lifetime(request.getLifetime())),
        AdminMessages.governance(request.getGovernance()));
  }

  private static Set<SubjectField> fields(List<String> words) throws ServerException {
    requireSome(words);
    Set<SubjectField> fields = EnumSet.noneOf(SubjectField.class);
    for (String word : words) {
      fields.add(SubjectField.of(word).orElseThrow(() -> unknownField(word, SubjectField.words())));
    }
    return fields;
  }

  static void requireSome(List<String> words) throws ServerException {
    if (words.isEmpty() || words.size() > MOST_FIELDS) {
      throw Fields.invalid("fields: " + words.size() + " (expected: 1 to " + MOST_FIELDS + ")");
    }
  }

  static ServerException unknownField(String word, String expected) {
    return Fields.invalid(
        "field " + Printable.quoted(word) + " (expected: one of " + expected + ")");
  }

  // ---- to the wire

  static SubjectChange subject(Changed<SubjectView> changed) {
    return SubjectChange.newBuilder()
        .setSubject(AdminMessages.of(changed.now()))
        .setChange(of(changed.report()))
        .build();
  }

  static OwnerChange owner(Changed<OwnerView> changed) {
    return OwnerChange.newBuilder()
        .setOwner(AdminMessages.of(changed.now()))
        .setChange(of(changed.report()))
        .build();
  }

  static PersonChange person(Changed<Optional<Person>> changed) {
    PersonChange.Builder message = PersonChange.newBuilder().setChange(of(changed.report()));
    changed.now().map(AdminMessages::of).ifPresent(message::setPerson);
    return message.build();
  }

  static Change of(ChangeReport report) {
    var message =
        Change.newBuilder()
            .setDone(report.done())
            .addAllFields(report.fields().stream().map(LifeMessages::of).toList())
            .addAllExecutions(report.executions().shown().stream().map(LifeMessages::of).toList())
            .setMoreExecutions(report.executions().more());
    report.since().map(Fields::timestamp).ifPresent(message::setAlreadySince);
    return message.build();
  }

  private static FieldChange of(ChangeReport.FieldChange field) {
    return FieldChange.newBuilder()
        .setThing(field.thing())
        .setField(field.field())
        .setBefore(field.before())
        .setAfter(field.after())
        .build();
  }

  static AffectedExecution of(ChangeReport.Affected execution) {
    return AffectedExecution.newBuilder()
        .setExecutionId(execution.execution().toString())
        .setSubject(execution.subject())
        .setNodeId(execution.node().toString())
        .setPid(execution.pid())
        .setEffect(execution.effect().label())
        .setReason(execution.reason())
        .build();
  }
}
