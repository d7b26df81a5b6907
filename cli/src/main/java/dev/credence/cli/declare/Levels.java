package dev.credence.cli.declare;

import dev.credence.certs.CodeAssurance;
import dev.credence.certs.Isolation;

/// Levels of assurance ↔ the wire. Unset demands nothing.
final class Levels {
  private Levels() {}

  static dev.credence.proto.common.v1.CodeAssurance of(CodeAssurance level) {
    return dev.credence.proto.common.v1.CodeAssurance.valueOf("CODE_ASSURANCE_" + level.name());
  }

  static dev.credence.proto.common.v1.Isolation of(Isolation level) {
    return dev.credence.proto.common.v1.Isolation.valueOf("ISOLATION_" + level.name());
  }

  static CodeAssurance of(dev.credence.proto.common.v1.CodeAssurance level) {
    return switch (level) {
      case CODE_ASSURANCE_UNSPECIFIED, UNRECOGNIZED -> CodeAssurance.NONE;
      default -> CodeAssurance.valueOf(level.name().substring("CODE_ASSURANCE_".length()));
    };
  }

  static Isolation of(dev.credence.proto.common.v1.Isolation level) {
    return switch (level) {
      case ISOLATION_UNSPECIFIED, UNRECOGNIZED -> Isolation.SHARED_UID;
      default -> Isolation.valueOf(level.name().substring("ISOLATION_".length()));
    };
  }
}
