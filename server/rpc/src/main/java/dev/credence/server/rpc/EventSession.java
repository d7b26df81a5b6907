package dev.credence.server.rpc;

import dev.credence.proto.admin.v1.Event;
import dev.credence.server.core.EventFollower;
import dev.credence.server.core.EventView;
import dev.credence.server.core.Queries;
import dev.credence.server.core.ServerException;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// One reader that follows the events. It reads from the store as fast as its transport takes them,
/// so a slow one costs no memory.
final class EventSession {
  private final CallScope scope;
  private final ServerCallStreamObserver<Event> out;
  private final SerialLoop loop;
  private final Deque<EventView> read = new ArrayDeque<>(); // only touched in the loop
  private boolean over; // as above
  private volatile @Nullable EventFollower follower;

  EventSession(CallScope scope, ServerCallStreamObserver<Event> out, Executor executor) {
    this.scope = scope;
    this.out = out;
    this.loop = new SerialLoop(executor, this::sendWhatFits);
  }

  void begin(Queries queries, Queries.EventQuery query) throws ServerException {
    out.setOnReadyHandler(loop::wake);
    EventFollower opened = queries.follow(query, loop::wake);
    out.setOnCancelHandler(opened::close);
    out.setOnCloseHandler(opened::close);
    follower = opened;
    loop.wake();
  }

  @SuppressWarnings(
      "CatchingUnchecked") // the outer edge of a call: whatever it was goes to the log
  private void sendWhatFits() {
    EventFollower open = follower;
    if (open == null || over) {
      return;
    }
    try {
      while (out.isReady() && fill(open)) {
        out.onNext(AdminMessages.of(read.removeFirst()));
      }
      if (open.isOver()) {
        finish(
            open,
            Status.UNAVAILABLE.withDescription("the server is stopping").asRuntimeException());
      }
    } catch (ServerException | RuntimeException | Error e) {
      finish(open, Errors.toStatus(e, scope));
    }
  }

  private boolean fill(EventFollower open) throws ServerException {
    if (read.isEmpty() && !open.isOver()) {
      read.addAll(open.next());
    }
    return !read.isEmpty();
  }

  private void finish(EventFollower open, Throwable error) {
    over = true;
    open.close();
    if (!out.isCancelled()) {
      out.onError(error);
    }
  }
}
