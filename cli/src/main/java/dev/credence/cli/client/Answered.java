package dev.credence.cli.client;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientStreamTracer;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.atomic.AtomicBoolean;

/// Marks the failures that the daemon itself answered with: UNAVAILABLE is also what the library
/// says when there is nobody. Stateless.
final class Answered implements ClientInterceptor {
  private static final Metadata.Key<String> MARK =
      Metadata.Key.of("credence-answered", Metadata.ASCII_STRING_MARSHALLER);

  /// True if the daemon was reached, and said this.
  static boolean is(StatusRuntimeException failure) {
    Metadata trailers = failure.getTrailers();
    return trailers != null && trailers.containsKey(MARK);
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    var answered = new AtomicBoolean();
    var traced =
        options.withStreamTracerFactory(
            new ClientStreamTracer.Factory() {
              @Override
              public ClientStreamTracer newClientStreamTracer(
                  ClientStreamTracer.StreamInfo info, Metadata headers) {
                return new ClientStreamTracer() {
                  @Override
                  public void inboundTrailers(Metadata trailers) {
                    answered.set(true);
                  }
                };
              }
            });
    return new SimpleForwardingClientCall<>(next.newCall(method, traced)) {
      @Override
      public void start(Listener<A> listener, Metadata headers) {
        super.start(
            new SimpleForwardingClientCallListener<>(listener) {
              @Override
              public void onClose(Status status, Metadata trailers) {
                if (answered.get()) {
                  trailers.put(MARK, "");
                }
                super.onClose(status, trailers);
              }
            },
            headers);
      }
    };
  }
}
