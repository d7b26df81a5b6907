package dev.credence.e2e.client;

import dev.credence.e2e.story.Await;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.function.BiConsumer;

/// An open stream of messages, to wait on. Closing cancels it. Thread-safe.
public final class Listening<T> implements AutoCloseable {

  private final Await<T> messages;
  private final Context.CancellableContext context = Context.ROOT.withCancellation();
  private volatile Status status = Status.UNKNOWN.withDescription("still open");

  private Listening(String what) {
    this.messages = new Await<>(what);
  }

  /// Opens a stream: `call` is a method of an asynchronous stub.
  public static <Q, T> Listening<T> to(
      String what, Q request, BiConsumer<Q, StreamObserver<T>> call) {
    var listening = new Listening<T>(what);
    listening.context.run(() -> call.accept(request, listening.observer()));
    return listening;
  }

  private StreamObserver<T> observer() {
    return new StreamObserver<>() {
      @Override
      public void onNext(T message) {
        messages.add(message);
      }

      @Override
      public void onError(Throwable error) {
        status = Status.fromThrowable(error);
        messages.end(status.toString());
      }

      @Override
      public void onCompleted() {
        status = Status.OK;
        messages.end("OK");
      }
    };
  }

  /// What came.
  public Await<T> messages() {
    return messages;
  }

  /// The next message from place `from` on.
  public T next(int from, Duration atMost) throws InterruptedException {
    return messages.after(from, "message", message -> true, atMost);
  }

  /// Waits for the end of the stream and gives its status.
  public Status ended(Duration atMost) throws InterruptedException {
    messages.ended(atMost);
    return status;
  }

  @Override
  public void close() {
    context.cancel(null);
  }
}
