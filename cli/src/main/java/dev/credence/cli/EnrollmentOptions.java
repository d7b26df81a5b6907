package dev.credence.cli;

import com.google.protobuf.Duration;
import dev.credence.cli.print.Output;
import dev.credence.proto.admin.v1.EnrollAdministratorResponse;
import java.util.Optional;
import picocli.CommandLine.Option;

/// What every enrolment token has.
final class EnrollmentOptions {

  @Option(
      names = "--ttl",
      paramLabel = "DURATION",
      description = "How long the token may be redeemed (default: 10m; at most 24h).")
  private String ttl = "";

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the record.")
  private String reason = "";

  Optional<Duration> ttl() {
    return ttl.isEmpty() ? Optional.empty() : Optional.of(Wire.of(Checked.duration("--ttl", ttl)));
  }

  String reason() {
    return reason;
  }

  /// The token alone on standard output, so that it can be written into a file as it is.
  void print(Terminal terminal, Output format, EnrollAdministratorResponse enrolled) {
    format.print(terminal.out(), enrolled, out -> out.println(enrolled.getToken()));
    terminal.err().println("valid until " + terminal.times().format(enrolled.getExpiresAt()));
  }
}
