package dev.credence.bench;

import dev.credence.proto.common.v1.AttestationRecord;
import dev.credence.proto.common.v1.AttestedProperty;
import dev.credence.proto.common.v1.CodeAssurance;
import dev.credence.proto.common.v1.Isolation;
import dev.credence.proto.common.v1.Process;
import dev.credence.proto.common.v1.ProcessMark;
import dev.credence.proto.common.v1.Selector;

/// A process that only a simulated node has seen.
///
/// @param pid distinct on its node
record SimulatedProcess(int pid) {

  private static final int UID = 4_000_000;

  /// What leads from every simulated process to its identity.
  static Selector selector() {
    return Selector.newBuilder()
        .setType("unix")
        .setName("uid")
        .setValue(Integer.toString(UID))
        .build();
  }

  AttestationRecord attestation() {
    return AttestationRecord.newBuilder()
        .setProcess(
            Process.newBuilder()
                .setMark(mark())
                .setUid(UID)
                .setGid(UID)
                .setExecutable("/usr/bin/simulated"))
        .addProperties(
            AttestedProperty.newBuilder().setSelector(selector()).setSource("SO_PEERCRED"))
        .setCode(CodeAssurance.CODE_ASSURANCE_NONE)
        .setIsolation(Isolation.ISOLATION_SHARED_UID)
        .build();
  }

  private ProcessMark mark() {
    return ProcessMark.newBuilder()
        .setBootId("3d8f0a52-4ac5-4d5c-9b2e-6f2d8f3f1a11")
        .setPidNamespace(4026531836L)
        .setPid(pid)
        .setStartTime(1_000_000L + pid)
        .setExecutableDevice(2049)
        .setExecutableInode(4711)
        .setStartCode(0x5555_5555_0000L)
        .setStartStack(0x7fff_ffff_0000L + pid)
        .setArgStart(0x7fff_ffff_f000L + pid)
        .build();
  }
}
