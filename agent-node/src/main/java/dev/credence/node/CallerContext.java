package dev.credence.node;

import dev.credence.transport.Peer;
import dev.credence.transport.TcpPeer;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Holds the process of each connection fast when it is accepted, lets go of it when it is closed,
/// and hands it to the calls in between.
final class CallerContext extends ServerTransportFilter implements ServerInterceptor {
  private static final Attributes.Key<Caller> ATTRIBUTE = Attributes.Key.create("credence-caller");
  private static final Context.Key<Caller> CALLER = Context.key("credence-caller");

  private final Consumer<Caller> onClosed;

  /// @param onClosed told when a connection is over; must not block
  CallerContext(Consumer<Caller> onClosed) {
    this.onClosed = onClosed;
  }

  /// Who makes the current call.
  static Caller current() {
    return Objects.requireNonNull(CALLER.get(), "a call without its caller");
  }

  /// The caller of a call, before its context is made.
  static Caller of(ServerCall<?, ?> call) {
    return Objects.requireNonNull(call.getAttributes().get(ATTRIBUTE), "a call without its caller");
  }

  @Override
  public Attributes transportReady(Attributes attributes) {
    TcpPeer onTcp = attributes.get(TcpPeer.KEY);
    Caller caller =
        onTcp != null
            ? Caller.of(onTcp)
            : Caller.of(
                Objects.requireNonNull(attributes.get(Peer.KEY), "a connection without its peer"));
    return attributes.toBuilder().set(ATTRIBUTE, caller).build();
  }

  /// Of a connection that is closed before it has said what every HTTP/2 client says first there
  /// are no attributes: it never was ready. An exception here would keep all of it in memory for
  /// good.
  @Override
  public void transportTerminated(@Nullable Attributes attributes) {
    if (attributes == null) {
      return;
    }
    Caller caller = attributes.get(ATTRIBUTE);
    if (caller != null) {
      caller.close();
      onClosed.accept(caller);
    }
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Caller caller = call.getAttributes().get(ATTRIBUTE);
    if (caller == null) {
      call.close(Status.INTERNAL.withDescription("a call without its caller"), new Metadata());
      return new ServerCall.Listener<>() {};
    }
    return Contexts.interceptCall(Context.current().withValue(CALLER, caller), call, headers, next);
  }
}
