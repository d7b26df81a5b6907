package dev.credence.cli.client;

import dev.credence.cli.print.Printable;
import dev.credence.cli.print.Text;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.security.cert.CertificateException;
import java.util.Locale;
import javax.net.ssl.SSLException;

/// What a failed call means for the person who made it.
///
/// @param place socket or address
record Failures(Daemon daemon, String place) {
  private static final String DENIED = "permission denied";

  CommandFailure of(StatusRuntimeException error) {
    var status = error.getStatus();
    return switch (status.getCode()) {
      case UNAVAILABLE -> Answered.is(error) ? notNow(status) : unreachable(whyUnavailable(error));
      case DEADLINE_EXCEEDED -> unreachable("no answer within 30 seconds");
      case UNIMPLEMENTED ->
          failed(
              Text.of(
                  "the %s at %s does not know this call (is it a %s?)",
                  daemon.label(), place, daemon.label()),
              error);
      case CANCELLED -> failed("interrupted", error);
      default -> failed(description(status), error);
    };
  }

  /// It was reached, and says why it has no answer.
  private CommandFailure notNow(Status status) {
    return new CommandFailure(
        ExitCode.UNREACHABLE,
        Text.of("the %s at %s has no answer now: %s", daemon.label(), place, description(status)));
  }

  CommandFailure unreachable(String why) {
    if (why.equals(DENIED)) {
      return new CommandFailure(
          ExitCode.UNREACHABLE,
          Text.of(
              "cannot reach the %s at %s: %s (this user may not open that socket, or a folder on the way to it)",
              daemon.label(), place, why));
    }
    return new CommandFailure(
        ExitCode.UNREACHABLE,
        Text.of(
            "cannot reach the %s at %s: %s (is `credence %s` running?)",
            daemon.label(), place, why, daemon.label()));
  }

  private static CommandFailure failed(String message, Throwable cause) {
    return new CommandFailure(ExitCode.FAILED, message, cause);
  }

  private static String whyUnavailable(StatusRuntimeException error) {
    for (Throwable cause = error.getCause(); cause != null; cause = cause.getCause()) {
      if (cause.getMessage() != null && cause.getMessage().contains("Permission denied")) {
        return DENIED;
      }
      if (cause instanceof CertificateException) {
        return "who answers there is not the one: "
            + Printable.line(String.valueOf(cause.getMessage()));
      }
      if (cause instanceof SSLException
          && String.valueOf(cause.getMessage()).contains("fatal alert")) {
        return "it does not accept this SVID";
      }
      if (cause instanceof java.net.UnknownHostException) {
        return "no such host";
      }
      if (cause instanceof java.net.ConnectException) {
        return "nobody answers there";
      }
    }
    var description = error.getStatus().getDescription();
    return description == null || description.equals("io exception")
        ? "the connection broke"
        : Printable.line(description);
  }

  private static String description(Status status) {
    var code = status.getCode().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    var description = status.getDescription();
    return description == null ? code : Printable.line(description);
  }
}
