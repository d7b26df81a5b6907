package dev.credence.node;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Iterator;
import java.util.function.Consumer;

/// Demands the security header `workload.spiffe.io: true`, exactly once, on each call of the
/// Workload API and before any other work (SPIFFE Workload Endpoint, section 6.2). It keeps
/// requests out that a program was tricked into sending. Other services on the socket work without
/// it.
final class HeaderCheck implements ServerInterceptor {
  static final Metadata.Key<String> HEADER =
      Metadata.Key.of("workload.spiffe.io", Metadata.ASCII_STRING_MARSHALLER);
  private static final String SERVICE = "SpiffeWorkloadAPI";

  private final Consumer<Caller> onRefused;

  HeaderCheck(Consumer<Caller> onRefused) {
    this.onRefused = onRefused;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    if (!SERVICE.equals(call.getMethodDescriptor().getServiceName()) || isThere(headers)) {
      return next.startCall(call, headers);
    }
    call.close(
        Status.INVALID_ARGUMENT.withDescription("security header missing from request"),
        new Metadata());
    onRefused.accept(CallerContext.of(call));
    return new ServerCall.Listener<>() {};
  }

  private static boolean isThere(Metadata headers) {
    Iterable<String> values = headers.getAll(HEADER);
    if (values == null) {
      return false;
    }
    Iterator<String> each = values.iterator();
    return each.hasNext() && each.next().equals("true") && !each.hasNext();
  }
}
