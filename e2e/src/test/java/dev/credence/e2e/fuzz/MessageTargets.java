package dev.credence.e2e.fuzz;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import dev.credence.certs.Id;
import dev.credence.node.NodeParsers;
import dev.credence.proto.common.v1.AttestationRecord;
import dev.credence.proto.common.v1.AttestedProperty;
import dev.credence.proto.common.v1.SubjectKind;
import dev.credence.proto.node.v1.HostedExecution;
import dev.credence.proto.node.v1.Open;
import dev.credence.proto.node.v1.Refusal;
import dev.credence.proto.node.v1.Refusals;
import dev.credence.proto.node.v1.Registration;
import dev.credence.proto.node.v1.RegistryUpdate;
import dev.credence.proto.node.v1.Settled;
import dev.credence.server.core.ServerException;
import dev.credence.server.rpc.MessageParsers;
import java.util.List;
import java.util.Set;

/// What nodes and servers tell each other.
final class MessageTargets {

  private static final Set<Class<? extends Exception>> MESSAGE =
      Set.of(InvalidProtocolBufferException.class, ServerException.class);
  private static final Set<Class<? extends Exception>> FROM_SERVER =
      Set.of(InvalidProtocolBufferException.class, IllegalStateException.class);

  private MessageTargets() {}

  static List<Target> all() {
    var id = new Id(0, 5).toString();
    var property =
        AttestedProperty.newBuilder()
            .setSelector(
                dev.credence.proto.common.v1.Selector.newBuilder()
                    .setType("unix")
                    .setName("uid")
                    .setValue("0"))
            .build();
    var record = AttestationRecord.newBuilder().addProperties(property);
    record
        .setCode(dev.credence.proto.common.v1.CodeAssurance.CODE_ASSURANCE_NONE)
        .setIsolation(dev.credence.proto.common.v1.Isolation.ISOLATION_SHARED_UID);
    record
        .getProcessBuilder()
        .setExecutable("/x")
        .getMarkBuilder()
        .setBootId("boot")
        .setPid(7)
        .setPidNamespace(1)
        .setStartTime(2);
    var registration =
        Registration.newBuilder()
            .setRegistrationId(id)
            .setSubjectId(id)
            .setRevision(1)
            .setKind(SubjectKind.SUBJECT_KIND_AGENT)
            .setSpiffeId("spiffe://td.example/agent/a/b")
            .addSelectors(
                dev.credence.proto.common.v1.Selector.newBuilder()
                    .setType("unix")
                    .setName("uid")
                    .setValue("0"))
            .setCreatedAt(Timestamp.newBuilder().setSeconds(7));
    return List.of(
        new Target(
            "open",
            "NodeMessages.hello",
            "nodes",
            List.of(
                Open.newBuilder()
                    .setVersion(1)
                    .setStartId(ByteString.copyFrom(new Id(0, 9).bytes()))
                    .build()
                    .toByteArray()),
            MESSAGE,
            MessageParsers::open),
        new Target(
            "settled",
            "NodeMessages.running",
            "nodes",
            List.of(Settled.newBuilder().addRunningExecutionIds(id).build().toByteArray()),
            MESSAGE,
            MessageParsers::settled),
        new Target(
            "refusals",
            "NodeMessages.refusals",
            "nodes",
            List.of(
                Refusals.newBuilder()
                    .addRefusals(Refusal.newBuilder().setReason("unregistered").setCount(1))
                    .build()
                    .toByteArray()),
            MESSAGE,
            MessageParsers::refusals),
        new Target(
            "attestation",
            "CommonMessages.attestation",
            "nodes",
            List.of(record.build().toByteArray()),
            MESSAGE,
            MessageParsers::attestation),
        new Target(
            "registry",
            "Wire.change",
            "the server",
            List.of(
                RegistryUpdate.newBuilder()
                    .setEpoch(ByteString.copyFrom(new Id(0, 9).bytes()))
                    .setNumber(2)
                    .addRegistrations(registration)
                    .addRemovedRegistrationIds(id)
                    .build()
                    .toByteArray(),
                RegistryUpdate.newBuilder()
                    .setEpoch(ByteString.copyFrom(new Id(0, 9).bytes()))
                    .addRegistrations(
                        registration
                            .clone()
                            .setCreatedAt(
                                Timestamp.newBuilder()
                                    .setSeconds(Long.MAX_VALUE)
                                    .setNanos(Integer.MAX_VALUE)))
                    .build()
                    .toByteArray()),
            FROM_SERVER,
            NodeParsers::registry),
        new Target(
            "hosted",
            "Wire.hosted",
            "the server",
            List.of(
                HostedExecution.newBuilder()
                    .setExecutionId(id)
                    .setSubjectId(id)
                    .setRegistrationId(id)
                    .setProcess(record.getProcess())
                    .build()
                    .toByteArray()),
            FROM_SERVER,
            NodeParsers::hosted));
  }
}
