package dev.credence.node;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.credence.attestors.Controller;
import dev.credence.attestors.Evidence;
import dev.credence.attestors.Selector;
import dev.credence.certs.CodeAssurance;
import dev.credence.certs.Id;
import dev.credence.certs.Isolation;
import dev.credence.certs.Printable;
import dev.credence.certs.Sha256;
import dev.credence.certs.SpiffeId;
import dev.credence.platform.linux.ProcessMark;
import dev.credence.proto.common.v1.AttestationRecord;
import dev.credence.proto.common.v1.AttestedProperty;
import dev.credence.proto.common.v1.ExecutionLifetime;
import dev.credence.proto.common.v1.Process;
import dev.credence.proto.node.v1.HostedExecution;
import dev.credence.proto.node.v1.RegistryUpdate;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Between the wire's types and the node's own; the only class that knows both sides. What would
/// grant something and isn't understood grants nothing. Stateless.
final class Wire {
  private static final Logger LOG = LoggerFactory.getLogger(Wire.class);

  private Wire() {}

  // --- to the wire ---

  static dev.credence.proto.common.v1.Selector selector(Selector selector) {
    return dev.credence.proto.common.v1.Selector.newBuilder()
        .setType(selector.type())
        .setName(selector.name())
        .setValue(selector.value())
        .build();
  }

  static AttestationRecord attestation(Attestation attestation, CodeAssurance code) {
    var record =
        AttestationRecord.newBuilder()
            .setProcess(
                Process.newBuilder()
                    .setMark(mark(attestation.mark()))
                    .setUid(attestation.owner().uid())
                    .setGid(attestation.owner().gid())
                    .setExecutable(attestation.executable()))
            .setCode(code(code))
            .setIsolation(isolation(attestation.isolation()));
    attestation.evidence().forEach(evidence -> record.addProperties(property(evidence)));
    return record.build();
  }

  /// For people: with who controls each property.
  static AttestationRecord shownAttestation(Attestation attestation, CodeAssurance code) {
    AttestationRecord.Builder record = attestation(attestation, code).toBuilder();
    for (int i = 0; i < attestation.evidence().size(); i++) {
      Selector selector = attestation.evidence().get(i).selector();
      record.getPropertiesBuilder(i).setControlledBy(Controller.of(selector).label());
    }
    return record.build();
  }

  private static AttestedProperty property(Evidence evidence) {
    var property =
        AttestedProperty.newBuilder()
            .setSelector(selector(evidence.selector()))
            .setSource(evidence.source());
    evidence.code().ifPresent(code -> property.setCode(code(code)));
    return property.build();
  }

  static dev.credence.proto.common.v1.ProcessMark mark(ProcessMark mark) {
    return dev.credence.proto.common.v1.ProcessMark.newBuilder()
        .setBootId(mark.bootId())
        .setPidNamespace(mark.pidNamespace())
        .setPid(mark.pid())
        .setStartTime(mark.startTime())
        .setExecutableDevice(mark.executableDevice())
        .setExecutableInode(mark.executableInode())
        .setStartCode(mark.startCode())
        .setStartStack(mark.startStack())
        .setArgStart(mark.argStart())
        .build();
  }

  static dev.credence.proto.node.v1.Refusal refusal(Refusal refusal) {
    var caller = refusal.caller();
    var process =
        Process.newBuilder()
            .setUid(caller.uid())
            .setGid(caller.gid())
            .setExecutable(caller.executable());
    refusal.mark().ifPresent(mark -> process.setMark(mark(mark)));
    return dev.credence.proto.node.v1.Refusal.newBuilder()
        .setReason(caller.reason().label())
        .setDetail(refusal.told().detail())
        .setUser(refusal.told().user())
        .addAllSelectors(refusal.told().selectors().stream().map(Wire::selector).toList())
        .setSubjectId(caller.aim().subject().map(Id::toString).orElse(""))
        .setStep(caller.aim().step())
        .setProgram(refusal.told().program())
        .setProcess(process)
        .setCount(refusal.count())
        .build();
  }

  static ByteString bytes(byte[] bytes) {
    return ByteString.copyFrom(bytes);
  }

  private static dev.credence.proto.common.v1.CodeAssurance code(CodeAssurance code) {
    return switch (code) {
      case NONE -> dev.credence.proto.common.v1.CodeAssurance.CODE_ASSURANCE_NONE;
      case CLAIMED -> dev.credence.proto.common.v1.CodeAssurance.CODE_ASSURANCE_CLAIMED;
      case FILE -> dev.credence.proto.common.v1.CodeAssurance.CODE_ASSURANCE_FILE;
      case ORCHESTRATOR -> dev.credence.proto.common.v1.CodeAssurance.CODE_ASSURANCE_ORCHESTRATOR;
      case LAUNCHER -> dev.credence.proto.common.v1.CodeAssurance.CODE_ASSURANCE_LAUNCHER;
    };
  }

  private static dev.credence.proto.common.v1.Isolation isolation(Isolation isolation) {
    return switch (isolation) {
      case SHARED_UID -> dev.credence.proto.common.v1.Isolation.ISOLATION_SHARED_UID;
      case OWN_UID -> dev.credence.proto.common.v1.Isolation.ISOLATION_OWN_UID;
      case SANDBOXED -> dev.credence.proto.common.v1.Isolation.ISOLATION_SANDBOXED;
    };
  }

  // --- from the wire ---

  /// A registration that can't be read counts as removed.
  static RegistryChange change(RegistryUpdate update) {
    List<Registration> changed = new ArrayList<>();
    Set<Id> removed = new HashSet<>();
    update.getRemovedRegistrationIdsList().forEach(id -> removed.add(Id.parse(id)));
    for (var registration : update.getRegistrationsList()) {
      try {
        changed.add(registration(registration));
      } catch (IllegalArgumentException e) {
        LOG.atWarn()
            .addKeyValue("registration", Printable.quoted(registration.getRegistrationId()))
            .addKeyValue("reason", e.getMessage())
            .log("registration ignored: this node does not understand it");
        removed.add(Id.parse(registration.getRegistrationId()));
      }
    }
    Cursor cursor = Cursor.of(update.getEpoch().toByteArray(), update.getNumber());
    return new RegistryChange(cursor, update.getPrevious(), update.getFull(), changed, removed);
  }

  private static Registration registration(dev.credence.proto.node.v1.Registration from) {
    return new Registration(
        Id.parse(from.getRegistrationId()),
        from.getRevision(),
        essence(from),
        new Subject(
            Id.parse(from.getSubjectId()),
            kind(from),
            SpiffeId.parse(from.getSpiffeId()),
            outlivesProcess(from.getLifetime()),
            from.getWithheld()),
        from.getSelectorsList().stream().map(Wire::selector).toList(),
        new Demands(code(from.getMinimumCode()), isolation(from.getMinimumIsolation())),
        from.getHint(),
        instant(from.getCreatedAt()),
        from.getJwt());
  }

  /// A server that does not say it has each change count.
  private static Sha256 essence(dev.credence.proto.node.v1.Registration from) {
    return from.getEssence().isEmpty()
        ? Sha256.of(from.toByteArray())
        : Sha256.fromBytes(from.getEssence().toByteArray());
  }

  private static Selector selector(dev.credence.proto.common.v1.Selector from) {
    return new Selector(from.getType(), from.getName(), from.getValue());
  }

  private static SubjectKind kind(dev.credence.proto.node.v1.Registration from) {
    return switch (from.getKind()) {
      case SUBJECT_KIND_AGENT -> SubjectKind.AGENT;
      case SUBJECT_KIND_SERVICE -> SubjectKind.SERVICE;
      case SUBJECT_KIND_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalArgumentException("kind " + from.getKindValue());
    };
  }

  private static boolean outlivesProcess(ExecutionLifetime from) {
    return switch (from) {
      case EXECUTION_LIFETIME_UNSPECIFIED, EXECUTION_LIFETIME_PROCESS -> false;
      case EXECUTION_LIFETIME_SVID -> true;
      case UNRECOGNIZED -> throw new IllegalArgumentException("lifetime unknown");
    };
  }

  private static CodeAssurance code(dev.credence.proto.common.v1.CodeAssurance from) {
    return switch (from) {
      case CODE_ASSURANCE_UNSPECIFIED, CODE_ASSURANCE_NONE -> CodeAssurance.NONE;
      case CODE_ASSURANCE_CLAIMED -> CodeAssurance.CLAIMED;
      case CODE_ASSURANCE_FILE -> CodeAssurance.FILE;
      case CODE_ASSURANCE_ORCHESTRATOR -> CodeAssurance.ORCHESTRATOR;
      case CODE_ASSURANCE_LAUNCHER -> CodeAssurance.LAUNCHER;
      case UNRECOGNIZED -> throw new IllegalArgumentException("minimum code assurance unknown");
    };
  }

  private static Isolation isolation(dev.credence.proto.common.v1.Isolation from) {
    return switch (from) {
      case ISOLATION_UNSPECIFIED, ISOLATION_SHARED_UID -> Isolation.SHARED_UID;
      case ISOLATION_OWN_UID -> Isolation.OWN_UID;
      case ISOLATION_SANDBOXED -> Isolation.SANDBOXED;
      case UNRECOGNIZED -> throw new IllegalArgumentException("minimum isolation unknown");
    };
  }

  private static Instant instant(Timestamp from) {
    try {
      return Instant.ofEpochSecond(from.getSeconds(), from.getNanos());
    } catch (DateTimeException | ArithmeticException e) {
      // Which of the two it is depends on how far out of range it is.
      throw new IllegalArgumentException(
          Text.of("time %d s %d ns is out of range", from.getSeconds(), from.getNanos()), e);
    }
  }

  /// @throws IllegalArgumentException it is out of range
  static Duration duration(com.google.protobuf.Duration from) {
    try {
      return Duration.ofSeconds(from.getSeconds(), from.getNanos());
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          Text.of("duration %d s %d ns is out of range", from.getSeconds(), from.getNanos()), e);
    }
  }

  static HostedByServer hosted(HostedExecution from) {
    return new HostedByServer(
        Id.parse(from.getExecutionId()),
        Id.parse(from.getSubjectId()),
        Id.parse(from.getRegistrationId()),
        mark(from.getProcess().getMark()));
  }

  private static ProcessMark mark(dev.credence.proto.common.v1.ProcessMark from) {
    return new ProcessMark(
        from.getBootId(),
        from.getPidNamespace(),
        from.getPid(),
        from.getStartTime(),
        from.getExecutableDevice(),
        from.getExecutableInode(),
        from.getStartCode(),
        from.getStartStack(),
        from.getArgStart());
  }
}
