package dev.credence.cli;

import dev.credence.proto.common.v1.ExecutionLifetime;
import picocli.CommandLine.Option;

/// What executions end with: as it is (for a new one: with the process), or one of the two.
final class LifetimeOption {

  @Option(
      names = "--lifetime",
      paramLabel = "process|svid",
      description =
          "What its executions end with: the process that was attested, or their SVID, where others use what that process fetched: files, prefork servers, helpers (default: process).")
  private String lifetime = "";

  /// Unspecified: nothing was said.
  ExecutionLifetime choice() {
    return switch (lifetime) {
      case "" -> ExecutionLifetime.EXECUTION_LIFETIME_UNSPECIFIED;
      case "process" -> ExecutionLifetime.EXECUTION_LIFETIME_PROCESS;
      case "svid" -> ExecutionLifetime.EXECUTION_LIFETIME_SVID;
      default -> throw Checked.refused("--lifetime", lifetime, "process or svid");
    };
  }
}
