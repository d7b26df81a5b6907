package dev.credence.server.rpc;

import dev.credence.certs.Id;
import dev.credence.server.core.ServerException;
import dev.credence.server.core.ServerException.Kind;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one mapping of what went wrong to the wire: kind → status, trailers `credence-error` (the
/// kind) and `credence-request-id`. A surprise becomes INTERNAL; its cause is in the log only,
/// under the id.
final class Errors {
  static final Metadata.Key<String> ERROR =
      Metadata.Key.of("credence-error", Metadata.ASCII_STRING_MARSHALLER);
  static final Metadata.Key<String> REQUEST_ID =
      Metadata.Key.of("credence-request-id", Metadata.ASCII_STRING_MARSHALLER);

  private static final Logger log = LoggerFactory.getLogger(Errors.class);
  private static final int MAX_MESSAGE = 2048;

  private Errors() {}

  static StatusRuntimeException toStatus(Throwable problem, CallScope scope) {
    return switch (problem) {
      case ServerException e -> refusal(e, scope);
      case StatusRuntimeException e -> e;
      default -> surprise(problem, scope);
    };
  }

  private static StatusRuntimeException refusal(ServerException e, CallScope scope) {
    log.atDebug()
        .addKeyValue("request", scope.id())
        .addKeyValue("method", scope.method())
        .addKeyValue("caller", scope.caller().actor().label())
        .addKeyValue("kind", e.kind())
        .log(e.detail());
    if (e.kind() == Kind.UNAVAILABLE && e.getCause() != null) {
      log.atWarn().addKeyValue("request", scope.id()).setCause(e).log("not available");
    }
    return new StatusRuntimeException(
        status(e.kind()).withDescription(cut(String.valueOf(e.getMessage()))),
        trailers(label(e.kind()), scope.id()));
  }

  private static StatusRuntimeException surprise(Throwable problem, CallScope scope) {
    log.atError()
        .addKeyValue("request", scope.id())
        .addKeyValue("method", scope.method())
        .addKeyValue("caller", scope.caller().actor().label())
        .setCause(problem)
        .log("call failed");
    return new StatusRuntimeException(
        Status.INTERNAL.withDescription(
            "the server failed; its log says why under request id " + scope.id()),
        trailers("internal", scope.id()));
  }

  static Metadata trailers(String kind, Id id) {
    Metadata trailers = new Metadata();
    trailers.put(ERROR, kind);
    trailers.put(REQUEST_ID, id.toString());
    return trailers;
  }

  /// The kind as it stands in the trailer and in docs/reference/errors.md.
  static String label(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Status status(Kind kind) {
    return switch (kind) {
      case INVALID, AMBIGUOUS, KEY_REUSED, REQUEST_REUSED -> Status.INVALID_ARGUMENT;
      case NOT_FOUND -> Status.NOT_FOUND;
      case ALREADY_EXISTS -> Status.ALREADY_EXISTS;
      case REFUSED, NOT_ATTESTED -> Status.PERMISSION_DENIED;
      case STALE, BLOCKED -> Status.FAILED_PRECONDITION;
      case EXHAUSTED -> Status.RESOURCE_EXHAUSTED;
      case UNAVAILABLE -> Status.UNAVAILABLE;
    };
  }

  private static String cut(String message) {
    return message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE) + "...";
  }
}
