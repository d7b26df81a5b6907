package dev.credence.node;

import dev.credence.proto.local.v1.ExplainRequest;
import dev.credence.proto.local.v1.Explanation;
import dev.credence.proto.local.v1.LocalGrpc;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Credence's own service on the node's socket.
final class LocalApi extends LocalGrpc.LocalImplBase {
  private static final Logger LOG = LoggerFactory.getLogger(LocalApi.class);

  private final Explainer explainer;
  private final Callers callers;
  private final Executor executor;

  LocalApi(Explainer explainer, Callers callers, Executor executor) {
    this.explainer = explainer;
    this.callers = callers;
    this.executor = executor;
  }

  @Override
  public void explain(ExplainRequest request, StreamObserver<Explanation> observer) {
    Caller caller = CallerContext.current();
    // With a handler, an answer to a call that is gone is dropped; without one it is a failure.
    ((ServerCallStreamObserver<Explanation>) observer).setOnCancelHandler(() -> {});
    executor.execute(() -> {
      try {
        Explanation explanation = explainer.explain(caller.credentials(), request.getPid());
        observer.onNext(explanation);
        observer.onCompleted();
      } catch (StatusException e) {
        if (e.getStatus().getCode() == Status.Code.PERMISSION_DENIED) {
          callers.refused(caller, RefusalReason.NOT_ITS_OWN, "explain");
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
