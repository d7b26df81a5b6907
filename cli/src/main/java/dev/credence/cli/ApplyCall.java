package dev.credence.cli;

import dev.credence.cli.client.CommandFailure;
import dev.credence.cli.declare.Declarations;
import dev.credence.cli.print.Text;
import dev.credence.proto.admin.v1.ApplyOptions;
import dev.credence.proto.admin.v1.ApplyRequest;
import dev.credence.proto.admin.v1.ApplyResponse;
import dev.credence.proto.admin.v1.Declared;
import dev.credence.proto.admin.v1.SetsGrpc.SetsStub;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// Sends declarations in as many messages as they take, and puts the parts of the answer together.
record ApplyCall(SetsStub stub) {
  // The server takes messages of 1 MiB.
  private static final int PART_BYTES = 512 << 10;

  ApplyResponse run(ApplyOptions options, List<Declared> objects) {
    requireSendable(options);
    var answer = new Answer();
    StreamObserver<ApplyRequest> requests = stub.apply(answer);
    requests.onNext(ApplyRequest.newBuilder().setOptions(options).build());
    var part = ApplyRequest.newBuilder();
    int size = 0;
    for (Declared object : objects) {
      int bytes = object.getSerializedSize();
      if (size > 0 && size + bytes > PART_BYTES) {
        requests.onNext(part.build());
        part.clear();
        size = 0;
      }
      part.addObjects(object);
      size += bytes;
    }
    requests.onNext(part.build());
    requests.onCompleted();
    return answer.await();
  }

  // It names each thing that changes: those that are pruned too, whose number no file bounds.
  private static void requireSendable(ApplyOptions options) {
    int size = options.getSerializedSize();
    if (size > Declarations.MOST_BYTES_OF_ONE) {
      throw CommandFailure.failed(
          Text.of(
              "what changes, and from which revision, is %d bytes (expected: at most %d; apply a part"
                  + " of it first; nothing was sent)",
              size, Declarations.MOST_BYTES_OF_ONE));
    }
  }

  private static final class Answer implements StreamObserver<ApplyResponse> {
    private final ApplyResponse.Builder parts = ApplyResponse.newBuilder();
    private final CompletableFuture<ApplyResponse> whole = new CompletableFuture<>();

    @Override
    public void onNext(ApplyResponse part) {
      parts.mergeFrom(part);
    }

    @Override
    public void onError(Throwable problem) {
      whole.completeExceptionally(problem);
    }

    @Override
    public void onCompleted() {
      whole.complete(parts.build());
    }

    // The call's deadline ends the waiting.
    ApplyResponse await() {
      try {
        return whole.get();
      } catch (ExecutionException e) {
        throw e.getCause() instanceof StatusRuntimeException status
            ? status
            : Status.UNKNOWN.withCause(e.getCause()).asRuntimeException();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw CommandFailure.failed("interrupted");
      }
    }
  }
}
