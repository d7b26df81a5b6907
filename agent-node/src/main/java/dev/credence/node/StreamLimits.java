package dev.credence.node;

import dev.credence.platform.config.Key;
import dev.credence.transport.Share;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// Counts open calls per user, per process and in total, and refuses what is too much before it
/// costs anything. Thread-safe.
final class StreamLimits implements ServerInterceptor {
  private final Limits.Streams limits;
  private final Consumer<Caller> onRefused;
  private final Map<Integer, Integer> ofUid = new HashMap<>();
  private final Map<Integer, Integer> ofPid = new HashMap<>();
  private int total;

  StreamLimits(Limits.Streams limits, Consumer<Caller> onRefused) {
    this.limits = limits;
    this.onRefused = onRefused;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Caller caller = CallerContext.of(call);
    int uid = caller.credentials().uid();
    int pid = caller.credentials().pid();
    Optional<String> problem = enter(uid, pid);
    if (problem.isPresent()) {
      call.close(Status.RESOURCE_EXHAUSTED.withDescription(problem.get()), new Metadata());
      onRefused.accept(caller);
      return new ServerCall.Listener<>() {};
    }
    try {
      return new Counted<>(next.startCall(call, headers), () -> leave(uid, pid));
    } catch (RuntimeException e) {
      leave(uid, pid);
      throw e;
    }
  }

  synchronized int open() {
    return total;
  }

  /// Empty: it was counted. Else what the caller is told; its own limits come first, since those it
  /// can do something about.
  synchronized Optional<String> enter(int uid, int pid) {
    if (ofPid.getOrDefault(pid, 0) >= limits.perPid()) {
      return full("of this process", limits.perPid(), NodeLimitKeys.STREAMS_PER_PID);
    }
    if (ofUid.getOrDefault(uid, 0) >= limits.perUid()) {
      return full("of this user", limits.perUid(), NodeLimitKeys.STREAMS_PER_UID);
    }
    if (total >= limits.total()) {
      return full("in all", limits.total(), NodeLimitKeys.STREAMS);
    }
    if (!Share.hasRoom(ofUid.getOrDefault(uid, 0), total, limits.total())) {
      return full("of this user for its share", limits.total() - total, NodeLimitKeys.STREAMS);
    }
    total++;
    ofUid.merge(uid, 1, Integer::sum);
    ofPid.merge(pid, 1, Integer::sum);
    return Optional.empty();
  }

  private static Optional<String> full(String whose, int most, Key<Integer> key) {
    return Optional.of(
        Text.of(
            "too many open calls %s (expected: at most %d, see %s in the node's configuration)",
            whose, most, key.name()));
  }

  private synchronized void leave(int uid, int pid) {
    total--;
    ofUid.computeIfPresent(uid, (key, count) -> count == 1 ? null : count - 1);
    ofPid.computeIfPresent(pid, (key, count) -> count == 1 ? null : count - 1);
  }

  private static final class Counted<Q> extends SimpleForwardingServerCallListener<Q> {
    private final Runnable leave;
    private final AtomicBoolean left = new AtomicBoolean();

    Counted(ServerCall.Listener<Q> listener, Runnable leave) {
      super(listener);
      this.leave = leave;
    }

    @Override
    public void onCancel() {
      leaveOnce();
      super.onCancel();
    }

    @Override
    public void onComplete() {
      leaveOnce();
      super.onComplete();
    }

    private void leaveOnce() {
      if (left.compareAndSet(false, true)) {
        leave.run();
      }
    }
  }
}
