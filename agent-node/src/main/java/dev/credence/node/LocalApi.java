package dev.credence.node;

import dev.credence.platform.linux.PeerCredentials;
import dev.credence.proto.local.v1.ExplainRequest;
import dev.credence.proto.local.v1.Explanation;
import dev.credence.proto.local.v1.LocalGrpc;
import dev.credence.proto.local.v1.SelectorsRequest;
import dev.credence.proto.local.v1.SelectorsSeen;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Credence's own service on the node's socket.
final class LocalApi extends LocalGrpc.LocalImplBase {
  private static final Logger LOG = LoggerFactory.getLogger(LocalApi.class);

  private final Explainer explainer;
  private final Callers callers;
  private final Executor executor;
  private final LookPlaces places = new LookPlaces();

  LocalApi(Explainer explainer, Callers callers, Executor executor) {
    this.explainer = explainer;
    this.callers = callers;
    this.executor = executor;
  }

  @Override
  public void explain(ExplainRequest request, StreamObserver<Explanation> observer) {
    answer("explain", observer, caller -> explainer.explain(caller, request.getPid()));
  }

  @Override
  public void selectors(SelectorsRequest request, StreamObserver<SelectorsSeen> observer) {
    answer("selectors", observer, caller -> explainer.selectors(caller, request.getPid()));
  }

  /// What is asked about a process.
  @FunctionalInterface
  private interface Question<T> {
    T ask(PeerCredentials caller) throws StatusException;
  }

  private <T> void answer(String call, StreamObserver<T> observer, Question<T> question) {
    Caller caller = CallerContext.current();
    // With a handler, an answer to a call that is gone is dropped; without one it is a failure.
    ((ServerCallStreamObserver<T>) observer).setOnCancelHandler(() -> {});
    Optional<LookPlaces.Place> place = places.take(caller.credentials().uid());
    if (place.isEmpty()) {
      callers.refused(caller, RefusalReason.LIMIT, call);
      observer.onError(LookPlaces.full().asException());
      return;
    }
    executor.execute(() -> {
      try (var _ = place.get()) {
        T answer = question.ask(caller.credentials());
        observer.onNext(answer);
        observer.onCompleted();
      } catch (StatusException e) {
        if (e.getStatus().getCode() == Status.Code.PERMISSION_DENIED) {
          callers.refused(caller, RefusalReason.NOT_ITS_OWN, call);
        }
        observer.onError(e);
      } catch (RuntimeException | Error e) {
        callers.failed(LOG, "a process could not be explained", e);
        observer.onError(
            Status.UNAVAILABLE
                .withDescription("the node failed to answer; try again")
                .asException());
      }
    });
  }
}
