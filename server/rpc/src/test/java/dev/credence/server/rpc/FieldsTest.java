package dev.credence.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.credence.proto.common.v1.AttestationRecord;
import dev.credence.proto.common.v1.CodeAssurance;
import dev.credence.proto.common.v1.Isolation;
import dev.credence.proto.common.v1.Process;
import dev.credence.proto.common.v1.ProcessMark;
import dev.credence.proto.common.v1.SubjectKind;
import dev.credence.server.core.ServerException;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class FieldsTest {
  @Test
  void idsHaveTheirLength() throws Exception {
    assertThat(
            Fields.id(
                "x",
                ByteString.copyFrom(new byte[] {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})))
        .isNotNull();
    assertThatThrownBy(() -> Fields.id("start_id", ByteString.copyFrom(new byte[15])))
        .hasMessage("start_id: 15 bytes (expected: 16)");
    assertThatThrownBy(() -> Fields.id("start_id", ByteString.copyFrom(new byte[16])))
        .hasMessage("start_id: all zero (expected: random)");
    assertThatThrownBy(() -> Fields.id("execution_id", "x"))
        .isInstanceOf(ServerException.class)
        .hasMessage("execution_id: \"x\" (expected: 26 characters of lower-case base32)");
  }

  @Test
  void pagesAreBounded() throws Exception {
    assertThat(Fields.page(0, "").size()).isEqualTo(200);
    assertThat(Fields.page(1000, "t").after()).contains("t");
    assertThatThrownBy(() -> Fields.page(1001, ""))
        .hasMessage("page_size: 1001 (expected: at most 1000)");
    assertThatThrownBy(() -> Fields.page(-1, ""))
        .hasMessage("page_size: 4294967295 (expected: at most 1000)");
  }

  @Test
  void timesAreInRange() throws Exception {
    assertThat(Fields.duration("ttl", false, Duration.getDefaultInstance())).isEmpty();
    assertThat(Fields.duration("ttl", true, Duration.newBuilder().setSeconds(60).build()))
        .contains(java.time.Duration.ofMinutes(1));
    assertThatThrownBy(() -> Fields.duration("ttl", true, Duration.getDefaultInstance()))
        .hasMessageContaining("expected: a positive length of time");
    assertThatThrownBy(() ->
            Fields.duration(
                "ttl", true, Duration.newBuilder().setSeconds(Long.MIN_VALUE).setNanos(-1).build()))
        .hasMessage("ttl: out of range");
    assertThat(Fields.instant("since", true, Timestamp.newBuilder().setSeconds(1).build()))
        .contains(Instant.ofEpochSecond(1));
    assertThatThrownBy(() ->
            Fields.instant(
                "since", true, Timestamp.newBuilder().setSeconds(Long.MAX_VALUE).build()))
        .hasMessageContaining("out of range");
    assertThatThrownBy(
            () -> Fields.instant("since", true, Timestamp.newBuilder().setNanos(-1).build()))
        .hasMessageContaining("out of range");
  }

  @Test
  @SuppressWarnings("AvoidValueSetter") // the value of a newer version
  void unknownEnumValuesThatGrantAreRefused() {
    assertThatThrownBy(() -> CommonMessages.subjectKind(SubjectKind.UNRECOGNIZED))
        .hasMessageContaining("expected: agent or service");
    assertThatThrownBy(() -> CommonMessages.subjectKind(SubjectKind.SUBJECT_KIND_UNSPECIFIED))
        .hasMessageContaining("expected: agent or service");
    AttestationRecord.Builder record =
        AttestationRecord.newBuilder()
            .setProcess(
                Process.newBuilder().setMark(ProcessMark.newBuilder().setBootId("b").setPid(1)))
            .setCode(CodeAssurance.CODE_ASSURANCE_FILE)
            .setIsolation(Isolation.ISOLATION_OWN_UID);
    assertThatThrownBy(() -> CommonMessages.attestation(record.setCodeValue(99).build()))
        .hasMessage("code assurance: a value unknown to this server");
    assertThatThrownBy(
            () -> CommonMessages.attestation(record.setCodeValue(1).setIsolationValue(99).build()))
        .hasMessage("isolation: a value unknown to this server");
    assertThatThrownBy(() -> CommonMessages.attestation(record.setIsolationValue(0).build()))
        .hasMessage("attestation: no isolation");
    assertThatThrownBy(() -> CommonMessages.attestation(AttestationRecord.getDefaultInstance()))
        .hasMessage("attestation: no process mark");
  }

  @Test
  void attestationsSurviveTheRoundTrip() throws Exception {
    AttestationRecord record =
        AttestationRecord.newBuilder()
            .setProcess(
                Process.newBuilder()
                    .setMark(
                        ProcessMark.newBuilder()
                            .setBootId("boot")
                            .setPidNamespace(4)
                            .setPid(5)
                            .setStartTime(6)
                            .setExecutableDevice(7)
                            .setExecutableInode(8)
                            .setStartCode(-1)
                            .setStartStack(9)
                            .setArgStart(10))
                    .setUid(-2)
                    .setGid(3)
                    .setExecutable("/bin/x"))
            .addProperties(
                dev.credence.proto.common.v1.AttestedProperty.newBuilder()
                    .setSelector(
                        dev.credence.proto.common.v1.Selector.newBuilder()
                            .setType("unix")
                            .setName("path")
                            .setValue("/bin/x"))
                    .setCode(CodeAssurance.CODE_ASSURANCE_FILE)
                    .setSource("/proc/PID/exe"))
            .setCode(CodeAssurance.CODE_ASSURANCE_FILE)
            .setIsolation(Isolation.ISOLATION_OWN_UID)
            .build();
    assertThat(CommonMessages.of(CommonMessages.attestation(record))).isEqualTo(record);
  }
}
