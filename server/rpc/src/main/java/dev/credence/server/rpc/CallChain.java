package dev.credence.server.rpc;

import dev.credence.certs.Id;
import dev.credence.server.core.RecordRefusedCall;
import dev.credence.server.core.ServerException;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The one ordered chain around every call: identify the caller, then record what is refused, then
/// limit, then authorize, then bound its time. Recording stands outside of what refuses, so that no
/// refusal is missed.
final class CallChain implements ServerInterceptor {
  private static final Duration LONGEST_CALL = Duration.ofSeconds(30);

  /// Who has not shown a valid SVID says what it wants at once, or makes room for others.
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(5);

  private final Callers callers;
  private final RecordRefusedCall refusals;
  private final Limits limits;
  private final Standing standing;
  private final SvidEnd svidEnd;
  private final ScheduledExecutorService timer;
  private final SecureRandom random;

  CallChain(
      Callers callers,
      RecordRefusedCall refusals,
      Guards guards,
      ScheduledExecutorService timer,
      SecureRandom random) {
    this.callers = callers;
    this.refusals = refusals;
    this.limits = guards.limits;
    this.standing = guards.standing;
    this.svidEnd = new SvidEnd(guards.clock, timer);
    this.timer = timer;
    this.random = random;
  }

  /// What is asked before any work.
  ///
  /// @param clock by which SVIDs run out
  record Guards(Limits limits, Standing standing, InstantSource clock) {}

  /// @param open how many calls at once
  /// @param rates how many over time
  /// @param strangers how many over time from where
  record Limits(CallLimits open, CallerRates rates, AddressRates strangers) {
    CallLimits.Permit enter(Caller caller) throws ServerException {
      strangers.enter(caller);
      rates.enter(caller);
      return open.enter(caller);
    }
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    String method = call.getMethodDescriptor().getFullMethodName();
    Id id = Id.random(random);
    try {
      var scope = new CallScope(id, callers.of(call), method);
      return admit(scope, call, headers, next);
    } catch (Callers.RefusedSvid e) {
      ServerException refusal = Callers.asRefusal(e);
      refusals.run(e.caller().actor(), method, refusal.kind(), refusal.detail());
      call.close(
          Status.UNAUTHENTICATED.withDescription(e.getMessage()),
          Errors.trailers(Errors.label(refusal.kind()), id));
      return new Ignoring<>();
    } catch (ServerException | RuntimeException e) {
      var scope = new CallScope(id, new Caller.Anonymous("unknown"), method);
      return close(call, Errors.toStatus(e, scope));
    }
  }

  private <Q, A> ServerCall.Listener<Q> admit(
      CallScope scope, ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    CallLimits.Permit permit;
    try {
      permit = limits.enter(scope.caller());
    } catch (ServerException e) {
      return refuse(scope, call, e);
    }
    boolean admitted = false;
    try {
      authorize(scope);
      var once = new OnceClosedCall<>(call);
      Context.CancellableContext context = bounded(scope, once);
      var listener = Contexts.interceptCall(context, once, headers, next);
      admitted = true;
      return new Leaving<>(listener, permit, context, silence(scope, once));
    } catch (ServerException e) {
      return scope.caller() instanceof Caller.ExpiredNode
          ? refuseExpired(scope, call, e)
          : refuse(scope, call, e);
    } finally {
      if (!admitted) {
        permit.close();
      }
    }
  }

  private void authorize(CallScope scope) throws ServerException {
    Caller caller = scope.caller();
    if (!CallTable.allows(scope.method(), caller.kind())) {
      throw new ServerException(Kind.REFUSED, whyNot(scope, caller));
    }
    if (caller instanceof Caller.Administrator administrator) {
      // Its SVID outlives a suspension, and its connection too.
      standing.requireActive(administrator.actor());
    }
  }

  /// Whether an administrator may call now, whatever its certificate says.
  @FunctionalInterface
  interface Standing {
    void requireActive(Actor.Administrator administrator) throws ServerException;
  }

  private static String whyNot(CallScope scope, Caller caller) {
    if (caller instanceof Caller.Local local && !local.why().isEmpty()) {
      return local.why();
    }
    String why =
        caller.actor().label()
            + " may not call "
            + scope.method()
            + CallTable.expected(scope.method());
    return caller instanceof Caller.ExpiredNode node
        ? why + ": its SVID expired at " + node.notAfter() + " (expected: RenewNode first)"
        : why;
  }

  /// To a node this must not read as if it were banned: what it serves stays in force.
  private <Q, A> ServerCall.Listener<Q> refuseExpired(
      CallScope scope, ServerCall<Q, A> call, ServerException e) {
    refusals.run(scope.caller().actor(), scope.method(), e.kind(), e.detail());
    call.close(
        Status.UNAUTHENTICATED.withDescription(e.getMessage()),
        Errors.trailers(Errors.label(e.kind()), scope.id()));
    return new Ignoring<>();
  }

  /// Calls that answer once are cut after a while, so that nobody holds one open; so is a
  /// stranger's.
  private Context.CancellableContext bounded(CallScope scope, OnceClosedCall<?, ?> call) {
    Context context = scope.in(Context.current());
    boolean network = scope.caller() instanceof Caller.Administrator;
    boolean answersOnce =
        call.getMethodDescriptor().getType() == MethodType.UNARY
            || (network && scope.method().equals(CallTable.APPLY));
    if (!answersOnce && scope.caller().kind() != CallerKind.ANONYMOUS) {
      Context.CancellableContext open = context.withCancellation();
      if (scope.caller() instanceof Caller.Administrator administrator) {
        svidEnd.watch(open, administrator.notAfter(), () -> expired(open, call, administrator));
      }
      return open;
    }
    Context.CancellableContext bounded =
        context.withDeadlineAfter(LONGEST_CALL.toMillis(), TimeUnit.MILLISECONDS, timer);
    bounded.addListener(cancelled -> cut(cancelled, call), Runnable::run);
    return bounded;
  }

  /// An open stream is worth as much as what it was opened with.
  private static void expired(
      Context.CancellableContext context,
      OnceClosedCall<?, ?> call,
      Caller.Administrator administrator) {
    call.close(
        Status.UNAUTHENTICATED.withDescription(
            administrator.actor().label()
                + ": the SVID that this stream was opened with expired at "
                + administrator.notAfter()
                + " (expected: open it again with a renewed one: credence admin renew, or login with"
                + " a new token)"),
        new Metadata());
    context.cancel(null);
  }

  /// Ends a call of which nothing is heard. Cancelled when all of a question is there, or the first
  /// message of a stream.
  private Silence silence(CallScope scope, OnceClosedCall<?, ?> call) {
    CallerKind kind = scope.caller().kind();
    if (kind != CallerKind.ANONYMOUS && kind != CallerKind.EXPIRED_NODE) {
      return new Silence(Optional.empty(), false);
    }
    boolean whole = call.getMethodDescriptor().getType() == MethodType.UNARY;
    Future<?> end =
        timer.schedule(
            () ->
                call.close(
                    Status.DEADLINE_EXCEEDED.withDescription(
                        "nothing was sent within " + LONGEST_SILENCE.toSeconds() + " s"),
                    new Metadata()),
            LONGEST_SILENCE.toMillis(),
            TimeUnit.MILLISECONDS);
    return new Silence(Optional.of(end), whole);
  }

  /// @param end what happens if it lasts
  /// @param whole a first message is not enough
  private record Silence(Optional<Future<?>> end, boolean whole) {
    void message() {
      if (!whole) {
        over();
      }
    }

    void over() {
      end.ifPresent(it -> it.cancel(false));
    }
  }

  private static void cut(Context context, OnceClosedCall<?, ?> call) {
    if (context.cancellationCause() instanceof TimeoutException) {
      call.close(
          Status.DEADLINE_EXCEEDED.withDescription("the call took longer than " + LONGEST_CALL),
          new Metadata());
    }
  }

  private <Q, A> ServerCall.Listener<Q> refuse(
      CallScope scope, ServerCall<Q, A> call, ServerException e) {
    refusals.run(scope.caller().actor(), scope.method(), e.kind(), e.detail());
    return close(call, Errors.toStatus(e, scope));
  }

  private static <Q, A> ServerCall.Listener<Q> close(
      ServerCall<Q, A> call, StatusRuntimeException e) {
    Metadata trailers = e.getTrailers();
    call.close(e.getStatus(), trailers == null ? new Metadata() : trailers);
    return new Ignoring<>();
  }

  /// Of a call that is over before it began.
  private static final class Ignoring<Q> extends ServerCall.Listener<Q> {}

  /// Gives back what a call took when it is over, however it ends.
  private static final class Leaving<Q> extends SimpleForwardingServerCallListener<Q> {
    private final CallLimits.Permit permit;
    private final Context.CancellableContext context;
    private final Silence silence;

    Leaving(
        ServerCall.Listener<Q> listener,
        CallLimits.Permit permit,
        Context.CancellableContext context,
        Silence silence) {
      super(listener);
      this.permit = permit;
      this.context = context;
      this.silence = silence;
    }

    @Override
    public void onMessage(Q message) {
      silence.message();
      super.onMessage(message);
    }

    @Override
    public void onHalfClose() {
      silence.over();
      super.onHalfClose();
    }

    @Override
    public void onComplete() {
      leave();
      super.onComplete();
    }

    @Override
    public void onCancel() {
      leave();
      super.onCancel();
    }

    private void leave() {
      silence.over();
      permit.close();
      context.cancel(null);
    }
  }
}
