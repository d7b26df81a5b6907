package dev.credence.cli;

import com.google.protobuf.Timestamp;
import dev.credence.certs.CodeAssurance;
import dev.credence.certs.Isolation;
import java.time.Duration;
import java.time.Instant;

/// Values as messages carry them.
final class Wire {

  private Wire() {}

  static Timestamp of(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }

  static com.google.protobuf.Duration of(Duration duration) {
    return com.google.protobuf.Duration.newBuilder()
        .setSeconds(duration.getSeconds())
        .setNanos(duration.getNano())
        .build();
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
}
