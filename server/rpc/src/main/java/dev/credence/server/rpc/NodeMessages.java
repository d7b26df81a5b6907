package dev.credence.server.rpc;

import com.google.protobuf.ByteString;
import dev.credence.certs.Certificates;
import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import dev.credence.certs.TrustDomain;
import dev.credence.proto.node.v1.BundleUpdate;
import dev.credence.proto.node.v1.EndedExecution;
import dev.credence.proto.node.v1.ExecutionsEnded;
import dev.credence.proto.node.v1.HostedExecution;
import dev.credence.proto.node.v1.IssuedJwtSvid;
import dev.credence.proto.node.v1.IssuedSvid;
import dev.credence.proto.node.v1.NodeSvid;
import dev.credence.proto.node.v1.Open;
import dev.credence.proto.node.v1.Refusal;
import dev.credence.proto.node.v1.Registration;
import dev.credence.proto.node.v1.RegistryUpdate;
import dev.credence.proto.node.v1.SyncResponse;
import dev.credence.proto.node.v1.Welcome;
import dev.credence.server.core.Cursor;
import dev.credence.server.core.NodeRefusal;
import dev.credence.server.core.Push;
import dev.credence.server.core.RawSelector;
import dev.credence.server.core.RegistryEntry;
import dev.credence.server.core.ServerException;
import dev.credence.server.core.StreamHello;
import dev.credence.server.core.TrustBundle;
import dev.credence.server.core.model.Execution;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// `credence.node.v1` ↔ domain.
final class NodeMessages {
  /// The one version of the stream that this server speaks.
  static final int VERSION = 1;

  private static final int MOST_SETTLED = 20_000;
  private static final int MOST_SUGGESTED = 8;

  private NodeMessages() {}

  // ---- from the wire

  static StreamHello hello(Open open) throws ServerException {
    requireVersion(open.getVersion());
    return new StreamHello(
        Fields.id("start_id", open.getStartId()),
        open.hasCursor() ? cursor(open.getCursor()) : Optional.empty(),
        open.getHostName(),
        open.getSoftware());
  }

  static void requireVersion(int version) throws ServerException {
    if (version != VERSION) {
      throw Fields.invalid(
          "version: " + Integer.toUnsignedString(version) + " (expected: " + VERSION + ")");
    }
  }

  /// An epoch that is none of ours is like no cursor: everything is sent again.
  private static Optional<Cursor> cursor(dev.credence.proto.node.v1.Cursor cursor) {
    return cursor.getEpoch().size() == 16 && cursor.getNumber() >= 0
        ? Optional.of(new Cursor(Id.fromBytes(cursor.getEpoch().toByteArray()), cursor.getNumber()))
        : Optional.empty();
  }

  static Set<Id> running(List<String> ids) throws ServerException {
    if (ids.size() > MOST_SETTLED) {
      throw Fields.invalid(
          "running_execution_ids: " + ids.size() + " (expected: at most " + MOST_SETTLED + ")");
    }
    Set<Id> running = new HashSet<>();
    for (String id : ids) {
      running.add(Fields.id("running_execution_ids", id));
    }
    return running;
  }

  /// They inform, and grant nothing: one that makes no sense is left to the core to drop.
  static List<NodeRefusal> refusals(List<Refusal> refusals) {
    List<NodeRefusal> all = new ArrayList<>();
    for (Refusal refusal : refusals) {
      all.add(
          new NodeRefusal(
              refusal.getReason(),
              refusal.getDetail(),
              CommonMessages.caller(refusal.getProcess()),
              refusal.getCount(),
              suggestion(refusal),
              new NodeRefusal.Aim(
                  refusal.getSubjectId(), refusal.getStep(), refusal.getProgram())));
    }
    return all;
  }

  private static NodeRefusal.Suggestion suggestion(Refusal refusal) {
    return new NodeRefusal.Suggestion(
        refusal.getUser(),
        refusal.getSelectorsList().stream()
            .limit(MOST_SUGGESTED)
            .map(s -> new RawSelector(s.getType(), s.getName(), s.getValue()))
            .toList());
  }

  // ---- to the wire

  static NodeSvid nodeSvid(dev.credence.server.core.NodeSvid svid, TrustBundle trust) {
    return NodeSvid.newBuilder()
        .setSpiffeId(svid.spiffeId().toString())
        .setX509Svid(Fields.bytes(Certificates.toDer(svid.chain())))
        .setBundle(Fields.bytes(trust.bundle().toDer()))
        .build();
  }

  static IssuedSvid of(dev.credence.server.core.IssuedSvid svid) {
    return IssuedSvid.newBuilder()
        .setExecutionId(svid.execution().toString())
        .setSpiffeId(svid.spiffeId().toString())
        .setX509Svid(Fields.bytes(svid.encoded().der()))
        .setNotBefore(Fields.timestamp(svid.notBefore()))
        .setNotAfter(Fields.timestamp(svid.notAfter()))
        .build();
  }

  static IssuedJwtSvid of(dev.credence.server.core.IssuedJwtSvid issued) {
    return IssuedJwtSvid.newBuilder()
        .setSpiffeId(issued.spiffeId().toString())
        .setToken(issued.token())
        .setIssuedAt(Fields.timestamp(issued.issuedAt()))
        .setExpiresAt(Fields.timestamp(issued.expiry()))
        .build();
  }

  static SyncResponse welcome(dev.credence.server.core.Welcome welcome) {
    return SyncResponse.newBuilder()
        .setWelcome(
            Welcome.newBuilder()
                .setVersion(VERSION)
                .setNodeId(welcome.node().toString())
                .putAllLabels(welcome.labels())
                .addAllHosted(welcome.hosted().stream().map(NodeMessages::of).toList())
                .addAllBars(welcome.bars().stream().map(EndsMessages::node).toList())
                .setRenewLeaseEvery(Fields.duration(welcome.renewLeaseEvery())))
        .build();
  }

  private static HostedExecution of(Execution execution) {
    return HostedExecution.newBuilder()
        .setExecutionId(execution.id().toString())
        .setSubjectId(execution.host().subjectId().toString())
        .setRegistrationId(execution.host().registrationId().toString())
        .setProcess(CommonMessages.of(execution.attestation().process()))
        .build();
  }

  static SyncResponse of(Push.RegistryPush push, TrustDomain trustDomain) {
    return SyncResponse.newBuilder()
        .setRegistry(
            RegistryUpdate.newBuilder()
                .setEpoch(ByteString.copyFrom(push.epoch().bytes()))
                .setPrevious(push.previous())
                .setNumber(push.number())
                .setFull(push.full())
                .addAllRegistrations(
                    push.registrations().stream().map(entry -> of(entry, trustDomain)).toList())
                .addAllRemovedRegistrationIds(push.removed().stream().map(Id::toString).toList()))
        .build();
  }

  static SyncResponse of(Push.BundlePush push) {
    return SyncResponse.newBuilder()
        .setBundle(
            BundleUpdate.newBuilder()
                .setTrustDomain(push.trust().bundle().trustDomain().name())
                .setSequence(push.trust().sequence())
                .setX509Bundle(Fields.bytes(push.trust().bundle().toDer()))
                .setJwtBundle(Fields.bytes(push.trust().jwt().toJwks()))
                .setTaintedX509Authorities(
                    Fields.bytes(Certificates.toDer(push.trust().taint().authorities())))
                .addAllTaintedJwtKeyIds(push.trust().taint().jwtKeys())
                .setRenewWithin(Fields.duration(push.trust().taint().renewWithin())))
        .build();
  }

  static SyncResponse of(Push.EndedPush push) {
    ExecutionsEnded.Builder ended = ExecutionsEnded.newBuilder();
    for (Push.Ended execution : push.executions()) {
      ended.addExecutions(
          EndedExecution.newBuilder()
              .setExecutionId(execution.execution().toString())
              .setReason(execution.reason()));
    }
    return SyncResponse.newBuilder().setEnded(ended).build();
  }

  private static Registration of(RegistryEntry entry, TrustDomain trustDomain) {
    var subject = entry.subject();
    var handle = subject.handle();
    var minimum = entry.minimum();
    Registration said =
        Registration.newBuilder()
            .setRegistrationId(entry.id().toString())
            .setSubjectId(subject.id().toString())
            .setKind(CommonMessages.of(handle.kind()))
            .setOwner(handle.owner().value())
            .setName(handle.name().value())
            .setSpiffeId(handle.identity().in(trustDomain).toString())
            .addAllSelectors(CommonMessages.of(entry.registration().selectors()))
            .setSvidTtl(Fields.duration(subject.svid().ttl()))
            .setHint(subject.svid().hint())
            .setMinimumCode(CommonMessages.of(minimum.code()))
            .setMinimumIsolation(CommonMessages.of(minimum.isolation()))
            .setCreatedAt(Fields.timestamp(entry.registration().createdAt()))
            .setJwt(subject.svid().jwt())
            .setLifetime(CommonMessages.of(subject.svid().lifetime()))
            .setWithheld(entry.withheld().label())
            .build();
    return said.toBuilder()
        .setRevision(entry.revision())
        .setEssence(ByteString.copyFrom(essence(said, subject.svid().dnsNames()).bytes()))
        .build();
  }

  /// Each name ends with a character that none has.
  private static Sha256 essence(Registration said, List<String> dnsNames) {
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(Sha256.of(said.toByteArray()).bytes());
    dnsNames.forEach(name -> bytes.writeBytes((name + "\n").getBytes(StandardCharsets.UTF_8)));
    return Sha256.of(bytes.toByteArray());
  }
}
