package dev.credence.server.rpc;

import dev.credence.certs.Id;
import dev.credence.proto.node.v1.Open;
import dev.credence.proto.node.v1.Refusal;
import dev.credence.proto.node.v1.Settled;
import dev.credence.proto.node.v1.SyncRequest;
import dev.credence.proto.node.v1.SyncResponse;
import dev.credence.server.core.NodeStream;
import dev.credence.server.core.Push;
import dev.credence.server.core.ServerCore;
import dev.credence.server.core.ServerException;
import dev.credence.server.core.StreamHello;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// One sync stream: `open` → `welcome` → `settled` → pushes, until either side closes.
///
/// It pulls from the core what there is to send whenever the transport can take it, so a slow node
/// costs no memory, and what it gets is the latest state. One that takes nothing for 30 seconds is
/// cut. Messages of the node are handled one at a time, on the call's own thread; sending is a loop
/// of its own that runs at most once at a time.
final class SyncSession implements StreamObserver<SyncRequest> {
  /// What all sessions share.
  ///
  /// @param pushed called for each message that is sent
  record Parts(ServerCore core, SyncSessions sessions, Executor executor, Runnable pushed) {}

  private final Id node;
  private final CallScope scope;
  private final Parts parts;
  private final ServerCallStreamObserver<SyncResponse> out;
  private final SerialLoop loop;
  private final ReentrantLock sending = new ReentrantLock();
  private volatile @Nullable NodeStream stream;
  private volatile long blockedSince;
  private volatile boolean blocked;
  private boolean settled; // only touched by the node's messages
  private boolean over; // guarded by sending

  SyncSession(Id node, CallScope scope, Parts parts, ServerCallStreamObserver<SyncResponse> out) {
    this.node = node;
    this.scope = scope;
    this.parts = parts;
    this.out = out;
    this.loop = new SerialLoop(parts.executor(), this::sendAll);
  }

  void begin() {
    out.setOnReadyHandler(loop::wake);
    out.setOnCancelHandler(this::leave);
    // The end that somebody else around this call gave it is no cancellation.
    out.setOnCloseHandler(this::leave);
    parts.sessions().add(this);
  }

  @Override
  @SuppressWarnings(
      "CatchingUnchecked") // the outer edge of a call: whatever it was goes to the log
  public void onNext(SyncRequest request) {
    try {
      NodeStream already = stream;
      if (already != null) {
        already.arrived();
      }
      switch (request.getMessageCase()) {
        case OPEN -> open(request.getOpen());
        case SETTLED -> settle(request.getSettled());
        case LEASE -> requireSettled().renewLease();
        case REFUSALS -> refusals(request.getRefusals().getRefusalsList());
        case BUNDLE_ACKNOWLEDGED ->
            requireSettled().acknowledged(request.getBundleAcknowledged().getSequence());
        case MESSAGE_NOT_SET -> {
          // A newer node may tell what we don't understand; it informs, and grants nothing.
        }
      }
    } catch (ServerException | RuntimeException | Error e) {
      fail(Errors.toStatus(e, scope));
    }
  }

  private void open(Open open) throws ServerException {
    if (stream != null) {
      throw Fields.invalid("open: sent twice");
    }
    StreamHello hello = NodeMessages.hello(open);
    if (scope.caller() instanceof Caller.Node caller) {
      hello = hello.showing(caller.serial()).by(caller.key());
    }
    NodeStream opened = parts.core().nodeStreams().open(node, hello, loop::wake);
    stream = opened;
    if (out.isCancelled()) {
      leave();
      return;
    }
    send(NodeMessages.welcome(opened.welcome()));
  }

  private void settle(Settled message) throws ServerException {
    NodeStream open = requireOpen();
    if (settled) {
      throw Fields.invalid("settled: sent twice");
    }
    open.settle(NodeMessages.running(message.getRunningExecutionIdsList()));
    settled = true;
  }

  private void refusals(List<Refusal> refusals) throws ServerException {
    requireSettled();
    parts.core().recordRefusals().run(node, NodeMessages.refusals(refusals));
  }

  private NodeStream requireOpen() throws ServerException {
    NodeStream open = stream;
    if (open == null) {
      throw Fields.invalid("the first message is not open");
    }
    return open;
  }

  /// Who did not answer the welcome may be anybody who has the node's key.
  private NodeStream requireSettled() throws ServerException {
    NodeStream open = requireOpen();
    if (!settled) {
      throw Fields.invalid("the message after open is not settled");
    }
    return open;
  }

  @Override
  public void onError(Throwable cancelled) {
    leave();
  }

  @Override
  public void onCompleted() {
    finish(null);
  }

  @SuppressWarnings("CatchingUnchecked") // as onNext
  private void sendAll() {
    try {
      sendWhatFits();
    } catch (RuntimeException | Error e) {
      fail(Errors.toStatus(e, scope));
    }
  }

  private void sendWhatFits() {
    NodeStream open = stream;
    while (open != null && out.isReady()) {
      blocked = false;
      Optional<Push> push = open.next();
      if (push.isEmpty()) {
        return;
      }
      send(push.get());
      if (push.get() instanceof Push.Over) {
        return;
      }
    }
    if (open != null && !blocked) {
      blockedSince = parts.sessions().now();
      blocked = true;
    }
  }

  private void send(Push push) {
    switch (push) {
      case Push.RegistryPush registry ->
          send(NodeMessages.of(registry, parts.core().trustDomain()));
      case Push.BundlePush bundle -> send(NodeMessages.of(bundle));
      case Push.BarsPush bars -> send(EndsMessages.of(bars));
      case Push.EndedPush ended -> send(NodeMessages.of(ended));
      case Push.Over last -> finish(status(last.cause()));
    }
  }

  private static Status status(Push.Cause cause) {
    return switch (cause) {
      case REPLACED -> Status.ABORTED.withDescription("the same node opened a newer stream");
      case RESTART -> Status.UNAVAILABLE.withDescription("begin a new stream");
      case SHUT_OUT ->
          Status.PERMISSION_DENIED.withDescription("this node was taken out of service");
      case STOPPING -> Status.UNAVAILABLE.withDescription("the server is stopping");
    };
  }

  private void send(SyncResponse message) {
    sending.lock();
    try {
      if (!over && !out.isCancelled()) {
        parts.pushed().run();
        out.onNext(message);
      }
    } finally {
      sending.unlock();
    }
  }

  boolean isBlocked() {
    return blocked;
  }

  /// Blocked without a break since before that time.
  void closeIfStalled(long before) {
    if (blocked && blockedSince - before < 0 && !out.isReady()) {
      finish(
          Status.UNAVAILABLE.withDescription(
              "the node took nothing for " + SyncSessions.LONGEST_STALL.toSeconds() + " s"));
    }
  }

  private void fail(Throwable error) {
    close(() -> out.onError(error));
  }

  private void finish(@Nullable Status status) {
    if (status == null) {
      close(out::onCompleted);
    } else {
      close(
          () -> out.onError(status.asRuntimeException(Errors.trailers("unavailable", scope.id()))));
    }
  }

  private void close(Runnable closing) {
    sending.lock();
    try {
      if (!over && !out.isCancelled()) {
        over = true;
        closing.run();
      }
    } finally {
      sending.unlock();
    }
    leave();
  }

  private void leave() {
    parts.sessions().remove(this);
    NodeStream open = stream;
    if (open != null) {
      open.close();
    }
  }
}
