package dev.credence.transport;

import io.grpc.BindableService;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;
import java.util.function.Supplier;

/// Answers a request whose bytes are no message of its type with INVALID_ARGUMENT. gRPC itself
/// would throw in the middle of the call: the caller hears UNKNOWN, and the log gets a stack trace
/// for each. Thread-safe.
public final class ReadableRequests implements ServerInterceptor {
  /// What the caller hears.
  public static final String MESSAGE =
      "the request cannot be read (expected: a Protocol Buffers message of its type)";

  private final Supplier<Metadata> refused;

  private ReadableRequests(Supplier<Metadata> refused) {
    this.refused = refused;
  }

  /// A service that reads its requests inside of the call, where what goes wrong can be answered.
  ///
  /// @param refused called in the context of each call that is refused so; what it returns is sent
  ///   as the call's trailers
  public static ServerServiceDefinition of(BindableService service, Supplier<Metadata> refused) {
    return ServerInterceptors.intercept(
        ServerInterceptors.useMarshalledMessages(service.bindService(), new Bytes()),
        new ReadableRequests(refused));
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    return new Reading<>(next.startCall(call, headers), call, refused);
  }

  /// Passes bytes on as they are. What gRPC has for this puts a buffer of 8 KiB around each message
  /// in both directions, so that it can be read twice, and answers are copied through another one;
  /// nobody here reads twice.
  private static final class Bytes implements MethodDescriptor.Marshaller<InputStream> {
    @Override
    public InputStream stream(InputStream value) {
      return value;
    }

    @Override
    public InputStream parse(InputStream stream) {
      return stream;
    }
  }

  private static boolean isUnreadable(StatusRuntimeException e) {
    return e.getStatus().getCode() == Status.Code.INTERNAL
        && e.getCause() instanceof java.io.IOException;
  }

  private static final class Reading<Q> extends SimpleForwardingServerCallListener<Q> {
    private final ServerCall<Q, ?> call;
    private final Supplier<Metadata> refused;
    // Callbacks of one call come one after another.
    private boolean over;

    Reading(ServerCall.Listener<Q> delegate, ServerCall<Q, ?> call, Supplier<Metadata> refused) {
      super(delegate);
      this.call = call;
      this.refused = refused;
    }

    @Override
    public void onMessage(Q message) {
      if (over) {
        return;
      }
      try {
        super.onMessage(message);
      } catch (StatusRuntimeException e) {
        if (!isUnreadable(e)) {
          throw e;
        }
        over = true;
        call.close(Status.INVALID_ARGUMENT.withDescription(MESSAGE), refused.get());
      }
    }

    @Override
    public void onHalfClose() {
      if (!over) {
        super.onHalfClose();
      }
    }

    @Override
    public void onReady() {
      if (!over) {
        super.onReady();
      }
    }
  }
}
