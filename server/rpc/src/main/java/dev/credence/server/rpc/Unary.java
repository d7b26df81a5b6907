package dev.credence.server.rpc;

import dev.credence.server.core.ServerException;
import io.grpc.stub.StreamObserver;

/// Runs the handler of a unary call and sends its answer, or its error through {@link Errors}.
final class Unary {
  private Unary() {}

  /// What a handler does with the call that it was given.
  @FunctionalInterface
  interface Handler<A> {
    A answer(CallScope scope) throws ServerException;
  }

  @SuppressWarnings(
      "CatchingUnchecked") // the outer edge of a call: whatever it was goes to the log
  static <A> void answer(StreamObserver<A> observer, Handler<? extends A> handler) {
    CallScope scope = CallScope.current();
    A answer;
    try {
      answer = handler.answer(scope);
    } catch (ServerException | RuntimeException | Error e) {
      observer.onError(Errors.toStatus(e, scope));
      return;
    }
    observer.onNext(answer);
    observer.onCompleted();
  }
}
