package dev.credence.server.rpc;

import com.google.protobuf.Timestamp;
import dev.credence.proto.admin.v1.CreateSubjectRequest;
import dev.credence.proto.admin.v1.Event;
import dev.credence.proto.admin.v1.Execution;
import dev.credence.proto.admin.v1.Governance;
import dev.credence.proto.admin.v1.ListUnregisteredResponse;
import dev.credence.proto.admin.v1.Node;
import dev.credence.proto.admin.v1.Owner;
import dev.credence.proto.admin.v1.Person;
import dev.credence.proto.admin.v1.Registration;
import dev.credence.proto.admin.v1.StandingAuthority;
import dev.credence.proto.admin.v1.Subject;
import dev.credence.proto.admin.v1.Unregistered;
import dev.credence.server.core.CreateSubject.Match;
import dev.credence.server.core.CreateSubject.NewSubject;
import dev.credence.server.core.CreateSubject.Profile;
import dev.credence.server.core.EventView;
import dev.credence.server.core.ExecutionView;
import dev.credence.server.core.NodeView;
import dev.credence.server.core.OwnerView;
import dev.credence.server.core.ServerException;
import dev.credence.server.core.SubjectView;
import dev.credence.server.core.model.NewEvent;
import dev.credence.server.core.model.NodeSelection;
import dev.credence.server.core.model.Page;
import dev.credence.server.core.model.UnregisteredSum;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// `credence.admin.v1` ↔ domain.
final class AdminMessages {
  private AdminMessages() {}

  // ---- from the wire

  static NewSubject newSubject(CreateSubjectRequest request) throws ServerException {
    return new NewSubject(
        CommonMessages.subjectKind(request.getKind()),
        request.getOwner(),
        request.getName(),
        new Match(
            CommonMessages.rawSelectors("selectors", request.getSelectorsList()),
            CommonMessages.rawSelectors("node_selectors", request.getNodeSelectorsList()),
            request.getAnyNode()),
        new Profile(
            Fields.duration("svid_ttl", request.hasSvidTtl(), request.getSvidTtl()),
            request.getDnsNamesList(),
            request.getHint(),
            request.hasJwt() ? Optional.of(request.getJwt()) : Optional.empty(),
            CommonMessages.lifetime(request.getLifetime())),
        governance(request.getGovernance()));
  }

  static dev.credence.server.core.model.Governance governance(Governance message)
      throws ServerException {
    return new dev.credence.server.core.model.Governance(
        message.getPurpose(),
        new dev.credence.server.core.model.Governance.Scope(
            message.getToolsList(), message.getDataClassesList(), message.getSchedule()),
        new dev.credence.server.core.model.Governance.Authority(
            message.getRoleCeilingList(), message.getStandingRolesList(), standing(message)),
        new dev.credence.server.core.model.Governance.Approvals(
            message.getApprovalBoundariesList(), message.getApproversList()),
        CommonMessages.demanded(message.getMinimumCode(), message.getMinimumIsolation()),
        new dev.credence.server.core.model.Governance.Life(
            Fields.duration(
                "maximum_lifetime", message.hasMaximumLifetime(), message.getMaximumLifetime()),
            Fields.instant("review_at", message.hasReviewAt(), message.getReviewAt()),
            Fields.instant("expires_at", message.hasExpiresAt(), message.getExpiresAt())));
  }

  private static List<dev.credence.server.core.model.Governance.Standing> standing(
      Governance message) throws ServerException {
    List<dev.credence.server.core.model.Governance.Standing> all = new ArrayList<>();
    for (StandingAuthority line : message.getStandingAuthorityList()) {
      all.add(
          new dev.credence.server.core.model.Governance.Standing(
              line.getTaskType(),
              line.getRolesList(),
              Fields.duration("standing_authority.duration", line.hasDuration(), line.getDuration())
                  .orElse(Duration.ZERO),
              line.getBudget()));
    }
    return all;
  }

  // ---- to the wire

  static Owner of(OwnerView view) {
    var owner = view.owner();
    Owner.Builder message =
        Owner.newBuilder()
            .setId(owner.id().toString())
            .setName(owner.name().value())
            .setDisplayName(owner.contact().displayName())
            .setContact(owner.contact().address())
            .setAccountable(of(view.accountable()))
            .setParent(view.parent().map(name -> name.value()).orElse(""))
            .setState(label(owner.state()))
            .setCreatedAt(Fields.timestamp(owner.createdAt()))
            .setRevision(owner.revision());
    owner.retiredAt().map(Fields::timestamp).ifPresent(message::setRetiredAt);
    return message.build();
  }

  static Person of(dev.credence.server.core.model.Person person) {
    Person.Builder message =
        Person.newBuilder()
            .setId(person.id().toString())
            .setName(person.name().value())
            .setRevision(person.revision())
            .addAllLocalUids(person.localUids().stream().sorted().toList());
    person
        .oidc()
        .ifPresent(oidc -> message.setOidcIssuer(oidc.issuer()).setOidcSubject(oidc.subject()));
    person.administrator().ifPresent(name -> message.setAdministrator(name.value()));
    return message.build();
  }

  static Subject of(SubjectView view) {
    var subject = view.subject();
    return Subject.newBuilder()
        .setId(subject.id().toString())
        .setKind(CommonMessages.of(subject.handle().kind()))
        .setOwnerId(subject.handle().ownerId().toString())
        .setOwner(subject.handle().owner().value())
        .setName(subject.handle().name().value())
        .setSpiffeId(view.spiffeId().toString())
        .setState(label(subject.state()))
        .setRevision(subject.revision())
        .addAllRegistrations(view.registrations().stream().map(AdminMessages::of).toList())
        .setSvidTtl(Fields.duration(subject.svid().ttl()))
        .addAllDnsNames(subject.svid().dnsNames())
        .setHint(subject.svid().hint())
        .setGovernance(of(subject.governance()))
        .setCreatedAt(Fields.timestamp(subject.createdAt()))
        .setJwt(subject.svid().jwt())
        .setLifetime(CommonMessages.of(subject.svid().lifetime()))
        .build();
  }

  private static Registration of(dev.credence.server.core.model.Registration registration) {
    Registration.Builder message =
        Registration.newBuilder()
            .setId(registration.id().toString())
            .addAllSelectors(CommonMessages.of(registration.selectors()))
            .setMinimumCode(CommonMessages.of(registration.minimum().code()))
            .setMinimumIsolation(CommonMessages.of(registration.minimum().isolation()))
            .setCreatedAt(Fields.timestamp(registration.createdAt()));
    switch (registration.nodes()) {
      case NodeSelection.AnyNode _ -> message.setAnyNode(true);
      case NodeSelection.Having having ->
          message.addAllNodeSelectors(CommonMessages.of(having.selectors()));
    }
    return message.build();
  }

  private static Governance of(dev.credence.server.core.model.Governance governance) {
    Governance.Builder message =
        Governance.newBuilder()
            .setPurpose(governance.purpose())
            .addAllTools(governance.scope().tools())
            .addAllDataClasses(governance.scope().dataClasses())
            .setSchedule(governance.scope().schedule())
            .addAllRoleCeiling(governance.authority().roleCeiling())
            .addAllStandingRoles(governance.authority().standingRoles())
            .addAllApprovalBoundaries(governance.approvals().boundaries())
            .addAllApprovers(governance.approvals().approvers())
            .setMinimumCode(CommonMessages.of(governance.minimum().code()))
            .setMinimumIsolation(CommonMessages.of(governance.minimum().isolation()));
    governance.authority().standing().forEach(line -> message.addStandingAuthority(of(line)));
    governance.life().maximum().map(Fields::duration).ifPresent(message::setMaximumLifetime);
    governance.life().reviewAt().map(Fields::timestamp).ifPresent(message::setReviewAt);
    governance.life().expiresAt().map(Fields::timestamp).ifPresent(message::setExpiresAt);
    return message.build();
  }

  private static StandingAuthority of(dev.credence.server.core.model.Governance.Standing line) {
    return StandingAuthority.newBuilder()
        .setTaskType(line.taskType())
        .addAllRoles(line.roles())
        .setDuration(Fields.duration(line.duration()))
        .setBudget(line.budget())
        .build();
  }

  static Node of(NodeView view) {
    var node = view.node();
    return Node.newBuilder()
        .setId(node.id().toString())
        .setSpiffeId(view.spiffeId().toString())
        .setState(label(node.state()))
        .setAttestor(node.origin().attestor())
        .putAllLabels(node.origin().labels())
        .setConnected(view.connected())
        .setConnectedServerId(view.connectedTo().map(Object::toString).orElse(""))
        .setHostName(node.presence().hostName())
        .setSoftware(node.presence().software())
        .setAttestedAt(Fields.timestamp(node.origin().attestedAt()))
        .setSvidNotAfter(Fields.timestamp(node.presence().svidNotAfter()))
        .setLastSeenAt(Fields.timestamp(view.lastSeenAt()))
        .addAllSelectors(node.origin().selectors().stream().map(Object::toString).sorted().toList())
        .build();
  }

  /// Without the attestation, which is long.
  static Execution of(ExecutionView view) {
    var execution = view.execution();
    var handle = view.subject().handle();
    Execution.Builder message =
        Execution.newBuilder()
            .setId(execution.id().toString())
            .setKind(CommonMessages.of(execution.kind()))
            .setSubjectKind(CommonMessages.of(handle.kind()))
            .setSubjectId(view.subject().id().toString())
            .setOwner(handle.owner().value())
            .setAgent(handle.name().value())
            .setSpiffeId(view.spiffeId().toString())
            .setRegistrationId(execution.host().registrationId().toString())
            .setNodeId(execution.host().nodeId().toString())
            .setProcess(CommonMessages.of(execution.attestation().process()))
            .setCode(CommonMessages.of(execution.attestation().code()))
            .setIsolation(CommonMessages.of(execution.attestation().isolation()))
            .setLifetime(CommonMessages.of(execution.tie().lifetime()))
            .setBeganAt(Fields.timestamp(execution.beganAt()));
    execution.tie().detachedAt().ifPresent(at -> message.setDetachedAt(Fields.timestamp(at)));
    execution
        .end()
        .ifPresent(
            end -> message.setEndedAt(Fields.timestamp(end.at())).setEndReason(end.reason()));
    view.newestCertificate()
        .ifPresent(certificate ->
            message
                .setSerial(certificate.serial())
                .setSvidNotAfter(Fields.timestamp(certificate.notAfter())));
    return message.build();
  }

  static Execution withAttestation(ExecutionView view) {
    var minimum = view.minimum();
    return of(view).toBuilder()
        .setAttestation(CommonMessages.shown(view.execution().attestation()))
        .setAttestationDigest(view.attestationDigest().toString())
        .setMinimumCode(CommonMessages.of(minimum.code()))
        .setMinimumIsolation(CommonMessages.of(minimum.isolation()))
        .build();
  }

  static Event of(EventView view) {
    NewEvent what = view.event().what();
    Timestamp at = Fields.timestamp(view.event().at());
    return Event.newBuilder()
        .setNumber(view.event().number())
        .setAt(at)
        .setKind(what.kind().label())
        .setActor(what.actor().label())
        .setOwnerId(what.about().owner().map(Object::toString).orElse(""))
        .setSubjectId(what.about().subject().map(Object::toString).orElse(""))
        .setSubject(view.subject())
        .setNodeId(what.about().node().map(Object::toString).orElse(""))
        .setExecutionId(what.about().execution().map(Object::toString).orElse(""))
        .putAllDetails(what.details())
        .setRequestId(what.request().map(Object::toString).orElse(""))
        .build();
  }

  static ListUnregisteredResponse of(Page<UnregisteredSum> page) {
    var response = ListUnregisteredResponse.newBuilder();
    page.items().stream().map(AdminMessages::of).forEach(response::addRows);
    page.next().ifPresent(response::setNextPageToken);
    return response.build();
  }

  private static Unregistered of(UnregisteredSum row) {
    UnregisteredSum.User user = row.key().user();
    return Unregistered.newBuilder()
        .setNodeId(user.node().map(Object::toString).orElse(""))
        .setUid(user.uid().isPresent() ? Long.toString(user.uid().getAsLong()) : "")
        .setUser(row.newest().user())
        .setExecutable(row.key().executable())
        .setCount(row.tally().asked())
        .setDisplaced(row.tally().displaced())
        .setFirstAt(Fields.timestamp(row.tally().firstAt()))
        .setLastAt(Fields.timestamp(row.newest().at()))
        .setLastEvent(row.newest().event())
        // In the order in which the node suggests them.
        .addAllSelectors(row.newest().selectors().stream().map(CommonMessages::of).toList())
        .build();
  }

  private static String label(Enum<?> state) {
    return state.name().toLowerCase(Locale.ROOT);
  }
}
