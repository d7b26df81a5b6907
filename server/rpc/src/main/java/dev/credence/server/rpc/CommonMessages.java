package dev.credence.server.rpc;

import dev.credence.attestors.Controller;
import dev.credence.attestors.Evidence;
import dev.credence.attestors.Selector;
import dev.credence.certs.CodeAssurance;
import dev.credence.certs.ExecutionKind;
import dev.credence.certs.Isolation;
import dev.credence.proto.common.v1.AttestationRecord;
import dev.credence.proto.common.v1.AttestedProperty;
import dev.credence.proto.common.v1.ExecutionLifetime;
import dev.credence.proto.common.v1.Process;
import dev.credence.proto.common.v1.ProcessMark;
import dev.credence.server.core.NodeRefusal;
import dev.credence.server.core.RawSelector;
import dev.credence.server.core.ServerException;
import dev.credence.server.core.model.Attestation;
import dev.credence.server.core.model.Governance;
import dev.credence.server.core.model.Lifetime;
import dev.credence.server.core.model.ProcessSeen;
import dev.credence.server.core.model.SubjectKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// `credence.common.v1` ↔ domain. An enum value that grants and isn't known is refused.
final class CommonMessages {
  private static final int MOST_PROPERTIES = 512;
  private static final int MOST_SELECTORS = 64;
  private static final int LONGEST_TEXT = 4096;
  private static final int LONGEST_BOOT_ID = 64;

  private CommonMessages() {}

  // ---- from the wire

  static SubjectKind subjectKind(dev.credence.proto.common.v1.SubjectKind kind)
      throws ServerException {
    return switch (kind) {
      case SUBJECT_KIND_AGENT -> SubjectKind.AGENT;
      case SUBJECT_KIND_SERVICE -> SubjectKind.SERVICE;
      case SUBJECT_KIND_UNSPECIFIED, UNRECOGNIZED ->
          throw Fields.invalid("kind: " + kind + " (expected: agent or service)");
    };
  }

  /// UNSPECIFIED: nothing demanded.
  static Governance.Assurance demanded(
      dev.credence.proto.common.v1.CodeAssurance code,
      dev.credence.proto.common.v1.Isolation isolation)
      throws ServerException {
    return new Governance.Assurance(demandedCode(code), demandedIsolation(isolation));
  }

  private static CodeAssurance demandedCode(dev.credence.proto.common.v1.CodeAssurance code)
      throws ServerException {
    return code(code).orElse(CodeAssurance.NONE);
  }

  private static Isolation demandedIsolation(dev.credence.proto.common.v1.Isolation isolation)
      throws ServerException {
    return isolation(isolation).orElse(Isolation.SHARED_UID);
  }

  static List<RawSelector> rawSelectors(
      String field, List<dev.credence.proto.common.v1.Selector> selectors) throws ServerException {
    if (selectors.size() > MOST_SELECTORS) {
      throw Fields.invalid(
          field + ": " + selectors.size() + " (expected: at most " + MOST_SELECTORS + ")");
    }
    return selectors.stream()
        .map(s -> new RawSelector(s.getType(), s.getName(), s.getValue()))
        .toList();
  }

  static Attestation attestation(AttestationRecord record) throws ServerException {
    if (!record.hasProcess() || !record.getProcess().hasMark()) {
      throw Fields.invalid("attestation: no process mark");
    }
    if (record.getPropertiesCount() > MOST_PROPERTIES) {
      throw Fields.invalid(
          "attestation: "
              + record.getPropertiesCount()
              + " properties (expected: at most "
              + MOST_PROPERTIES
              + ")");
    }
    List<Evidence> evidence = new ArrayList<>();
    for (AttestedProperty property : record.getPropertiesList()) {
      evidence.add(evidence(property));
    }
    return new Attestation(
        process(record.getProcess()),
        evidence,
        code(record.getCode()).orElseThrow(() -> Fields.invalid("attestation: no code assurance")),
        isolation(record.getIsolation())
            .orElseThrow(() -> Fields.invalid("attestation: no isolation")));
  }

  private static Evidence evidence(AttestedProperty property) throws ServerException {
    var selector = property.getSelector();
    requireText("attestation: source", property.getSource(), LONGEST_TEXT);
    try {
      return new Evidence(
          new Selector(selector.getType(), selector.getName(), selector.getValue()),
          code(property.getCode()),
          property.getSource());
    } catch (IllegalArgumentException e) {
      throw new ServerException(ServerException.Kind.INVALID, "attestation: " + e.getMessage(), e);
    }
  }

  /// Of a refusal: a process that could not be pinned has no mark.
  static NodeRefusal.Caller caller(Process process) {
    int pid = process.getMark().getPid();
    return new NodeRefusal.Caller(
        process.hasMark() && pid > 0 ? OptionalInt.of(pid) : OptionalInt.empty(),
        process.getUid(),
        process.getGid(),
        process.getExecutable());
  }

  static ProcessSeen process(Process process) throws ServerException {
    ProcessMark mark = process.getMark();
    requireText("boot_id", mark.getBootId(), LONGEST_BOOT_ID);
    requireText("executable", process.getExecutable(), LONGEST_TEXT);
    if (mark.getBootId().isEmpty() || mark.getPid() < 0) {
      throw Fields.invalid("process mark: no boot id or pid");
    }
    return new ProcessSeen(
        new ProcessSeen.Mark(
            new ProcessSeen.Instance(
                mark.getBootId(), mark.getPidNamespace(), mark.getPid(), mark.getStartTime()),
            mark.getExecutableDevice(),
            mark.getExecutableInode(),
            new ProcessSeen.Image(mark.getStartCode(), mark.getStartStack(), mark.getArgStart())),
        process.getUid(),
        process.getGid(),
        process.getExecutable());
  }

  private static void requireText(String field, String text, int longest) throws ServerException {
    if (text.length() > longest) {
      throw Fields.invalid(field + ": longer than " + longest + " characters");
    }
  }

  private static Optional<CodeAssurance> code(dev.credence.proto.common.v1.CodeAssurance code)
      throws ServerException {
    return switch (code) {
      case CODE_ASSURANCE_UNSPECIFIED -> Optional.empty();
      case CODE_ASSURANCE_NONE -> Optional.of(CodeAssurance.NONE);
      case CODE_ASSURANCE_CLAIMED -> Optional.of(CodeAssurance.CLAIMED);
      case CODE_ASSURANCE_FILE -> Optional.of(CodeAssurance.FILE);
      case CODE_ASSURANCE_ORCHESTRATOR -> Optional.of(CodeAssurance.ORCHESTRATOR);
      case CODE_ASSURANCE_LAUNCHER -> Optional.of(CodeAssurance.LAUNCHER);
      case UNRECOGNIZED -> throw Fields.invalid("code assurance: a value unknown to this server");
    };
  }

  private static Optional<Isolation> isolation(dev.credence.proto.common.v1.Isolation isolation)
      throws ServerException {
    return switch (isolation) {
      case ISOLATION_UNSPECIFIED -> Optional.empty();
      case ISOLATION_SHARED_UID -> Optional.of(Isolation.SHARED_UID);
      case ISOLATION_OWN_UID -> Optional.of(Isolation.OWN_UID);
      case ISOLATION_SANDBOXED -> Optional.of(Isolation.SANDBOXED);
      case UNRECOGNIZED -> throw Fields.invalid("isolation: a value unknown to this server");
    };
  }

  /// Empty: not said.
  static Optional<Lifetime> lifetime(ExecutionLifetime lifetime) throws ServerException {
    return switch (lifetime) {
      case EXECUTION_LIFETIME_UNSPECIFIED -> Optional.empty();
      case EXECUTION_LIFETIME_PROCESS -> Optional.of(Lifetime.PROCESS);
      case EXECUTION_LIFETIME_SVID -> Optional.of(Lifetime.SVID);
      case UNRECOGNIZED ->
          throw Fields.invalid(
              "lifetime: a value unknown to this server (expected: process, svid)");
    };
  }

  // ---- to the wire

  static ExecutionLifetime of(Lifetime lifetime) {
    return switch (lifetime) {
      case PROCESS -> ExecutionLifetime.EXECUTION_LIFETIME_PROCESS;
      case SVID -> ExecutionLifetime.EXECUTION_LIFETIME_SVID;
    };
  }

  static dev.credence.proto.common.v1.SubjectKind of(SubjectKind kind) {
    return switch (kind) {
      case AGENT -> dev.credence.proto.common.v1.SubjectKind.SUBJECT_KIND_AGENT;
      case SERVICE -> dev.credence.proto.common.v1.SubjectKind.SUBJECT_KIND_SERVICE;
    };
  }

  static dev.credence.proto.common.v1.ExecutionKind of(ExecutionKind kind) {
    return switch (kind) {
      case PROCESS -> dev.credence.proto.common.v1.ExecutionKind.EXECUTION_KIND_PROCESS;
      case TASK -> dev.credence.proto.common.v1.ExecutionKind.EXECUTION_KIND_TASK;
    };
  }

  static dev.credence.proto.common.v1.CodeAssurance of(CodeAssurance code) {
    return switch (code) {
      case NONE -> dev.credence.proto.common.v1.CodeAssurance.CODE_ASSURANCE_NONE;
      case CLAIMED -> dev.credence.proto.common.v1.CodeAssurance.CODE_ASSURANCE_CLAIMED;
      case FILE -> dev.credence.proto.common.v1.CodeAssurance.CODE_ASSURANCE_FILE;
      case ORCHESTRATOR -> dev.credence.proto.common.v1.CodeAssurance.CODE_ASSURANCE_ORCHESTRATOR;
      case LAUNCHER -> dev.credence.proto.common.v1.CodeAssurance.CODE_ASSURANCE_LAUNCHER;
    };
  }

  static dev.credence.proto.common.v1.Isolation of(Isolation isolation) {
    return switch (isolation) {
      case SHARED_UID -> dev.credence.proto.common.v1.Isolation.ISOLATION_SHARED_UID;
      case OWN_UID -> dev.credence.proto.common.v1.Isolation.ISOLATION_OWN_UID;
      case SANDBOXED -> dev.credence.proto.common.v1.Isolation.ISOLATION_SANDBOXED;
    };
  }

  /// In a stable order.
  static List<dev.credence.proto.common.v1.Selector> of(Collection<Selector> selectors) {
    return selectors.stream().sorted().map(CommonMessages::of).toList();
  }

  static dev.credence.proto.common.v1.Selector of(Selector selector) {
    return dev.credence.proto.common.v1.Selector.newBuilder()
        .setType(selector.type())
        .setName(selector.name())
        .setValue(selector.value())
        .build();
  }

  static Process of(ProcessSeen process) {
    ProcessSeen.Mark mark = process.mark();
    return Process.newBuilder()
        .setMark(
            ProcessMark.newBuilder()
                .setBootId(mark.instance().bootId())
                .setPidNamespace(mark.instance().pidNamespace())
                .setPid(mark.instance().pid())
                .setStartTime(mark.instance().startTime())
                .setExecutableDevice(mark.executableDevice())
                .setExecutableInode(mark.executableInode())
                .setStartCode(mark.image().startCode())
                .setStartStack(mark.image().startStack())
                .setArgStart(mark.image().argStart()))
        .setUid(process.uid())
        .setGid(process.gid())
        .setExecutable(process.executable())
        .build();
  }

  static AttestationRecord of(Attestation attestation) {
    return AttestationRecord.newBuilder()
        .setProcess(of(attestation.process()))
        .addAllProperties(attestation.evidence().stream().map(CommonMessages::of).toList())
        .setCode(of(attestation.code()))
        .setIsolation(of(attestation.isolation()))
        .build();
  }

  /// For people: with who controls each property.
  static AttestationRecord shown(Attestation attestation) {
    AttestationRecord.Builder record = of(attestation).toBuilder();
    for (int i = 0; i < attestation.evidence().size(); i++) {
      Selector selector = attestation.evidence().get(i).selector();
      record.getPropertiesBuilder(i).setControlledBy(Controller.of(selector).label());
    }
    return record.build();
  }

  private static AttestedProperty of(Evidence evidence) {
    AttestedProperty.Builder property =
        AttestedProperty.newBuilder()
            .setSelector(of(evidence.selector()))
            .setSource(evidence.source());
    evidence.code().map(CommonMessages::of).ifPresent(property::setCode);
    return property.build();
  }
}
