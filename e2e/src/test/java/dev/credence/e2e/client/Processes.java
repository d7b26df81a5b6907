package dev.credence.e2e.client;

import dev.credence.proto.common.v1.AttestationRecord;
import dev.credence.proto.common.v1.AttestedProperty;
import dev.credence.proto.common.v1.CodeAssurance;
import dev.credence.proto.common.v1.Isolation;
import dev.credence.proto.common.v1.Process;
import dev.credence.proto.common.v1.ProcessMark;
import java.util.concurrent.atomic.AtomicInteger;

/// Processes that a node claims to have seen. No two are the same.
public final class Processes {

  private static final AtomicInteger NEXT = new AtomicInteger(100);

  private Processes() {}

  /// An attestation record of a new process with these selectors.
  public static AttestationRecord claimed(String... selectors) {
    int pid = NEXT.getAndIncrement();
    var record =
        AttestationRecord.newBuilder()
            .setProcess(process(pid))
            .setCode(CodeAssurance.CODE_ASSURANCE_NONE)
            .setIsolation(Isolation.ISOLATION_SHARED_UID);
    for (var selector : Selectors.of(selectors)) {
      record.addProperties(
          AttestedProperty.newBuilder().setSelector(selector).setSource("made up"));
    }
    return record.build();
  }

  private static Process.Builder process(int pid) {
    var mark =
        ProcessMark.newBuilder()
            .setBootId("3d8f0a52-4ac5-4d5c-9b2e-6f2d8f3f1a11")
            .setPidNamespace(4026531836L)
            .setPid(pid)
            .setStartTime(1_000_000L + pid)
            .setExecutableDevice(2049)
            .setExecutableInode(4711)
            .setStartCode(0x5555_5555_0000L)
            .setStartStack(0x7fff_ffff_0000L + pid)
            .setArgStart(0x7fff_ffff_f000L + pid);
    return Process.newBuilder()
        .setMark(mark)
        .setUid(4_000_000)
        .setGid(4_000_000)
        .setExecutable("/usr/bin/made-up");
  }
}
