package dev.credence.cli;

import com.google.protobuf.ByteString;
import dev.credence.proto.admin.v1.ChangeOptions;
import picocli.CommandLine.Option;

/// What every change has: why, whether only to tell, and on which revision it was decided.
final class ChangeOption {

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the record.")
  private String reason = "";

  @Option(
      names = "--dry-run",
      description =
          "Says what would change, and what would become of running executions; changes nothing.")
  private boolean dryRun;

  @Option(
      names = "--expect-revision",
      paramLabel = "N",
      description = "Refused if it has another revision by now.")
  private long expectedRevision;

  String reason() {
    return reason;
  }

  /// With the request id of one change.
  ChangeOptions with(ByteString requestId) {
    if (expectedRevision < 0) {
      throw Checked.refused("--expect-revision", Long.toString(expectedRevision), "at least 1");
    }
    return ChangeOptions.newBuilder()
        .setRequestId(requestId)
        .setReason(reason)
        .setDryRun(dryRun)
        .setExpectedRevision(expectedRevision)
        .build();
  }
}
