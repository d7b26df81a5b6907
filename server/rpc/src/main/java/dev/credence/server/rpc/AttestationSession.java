package dev.credence.server.rpc;

import com.google.protobuf.ByteString;
import dev.credence.attestors.AttestationException;
import dev.credence.attestors.NodeVerifier;
import dev.credence.proto.node.v1.AttestParams;
import dev.credence.proto.node.v1.AttestRequest;
import dev.credence.proto.node.v1.AttestResponse;
import dev.credence.server.core.AttestNode;
import dev.credence.server.core.ServerException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// One first contact: `params`, then each challenge of the attestor and its answer, then the
/// result. A challenge lives in this call alone, and is answered once, in time, or not at all.
/// Thread-safe.
final class AttestationSession implements StreamObserver<AttestRequest> {
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);

  private final CallScope scope;
  private final StreamObserver<AttestResponse> out;
  private final Executor executor;
  private final Attesting attesting;

  // Guarded by this object.
  private boolean begun;
  private boolean over;
  private @Nullable CompletableFuture<byte[]> awaited;

  /// What is done with `params`. May block.
  @FunctionalInterface
  interface Attesting {
    AttestResponse run(AttestParams params, AttestNode.Asking asking) throws ServerException;
  }

  AttestationSession(
      CallScope scope, StreamObserver<AttestResponse> out, Executor executor, Attesting attesting) {
    this.scope = scope;
    this.out = out;
    this.executor = executor;
    this.attesting = attesting;
  }

  @Override
  public void onNext(AttestRequest request) {
    switch (request.getStepCase()) {
      case PARAMS -> begin(request.getParams());
      case CHALLENGE_RESPONSE -> answered(request.getChallengeResponse());
      case STEP_NOT_SET -> end(Fields.invalid("the first message is not params"));
    }
  }

  private void begin(AttestParams params) {
    synchronized (this) {
      if (!begun && !over) {
        begun = true;
        executor.execute(() -> run(params));
        return;
      }
    }
    end(Fields.invalid("params: sent twice"));
  }

  @SuppressWarnings(
      "CatchingUnchecked") // the outer edge of a call: whatever it was goes to the log
  private void run(AttestParams params) {
    AttestResponse result;
    try {
      result = attesting.run(params, this::ask);
    } catch (ServerException | RuntimeException | Error e) {
      end(e);
      return;
    }
    synchronized (this) {
      if (!over) {
        over = true;
        out.onNext(result);
        out.onCompleted();
      }
    }
  }

  private byte[] ask(byte[] challenge) throws AttestationException {
    var answer = new CompletableFuture<byte[]>();
    synchronized (this) {
      if (over) {
        throw new AttestationException("the node went away before it was asked");
      }
      awaited = answer;
      out.onNext(AttestResponse.newBuilder().setChallenge(ByteString.copyFrom(challenge)).build());
    }
    try {
      return answer.get(ANSWER_WITHIN.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new AttestationException("the node went away, or sent no answer that fits", e);
    } catch (TimeoutException e) {
      throw new AttestationException(
          "no answer to the challenge within " + ANSWER_WITHIN.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AttestationException("the server is stopping", e);
    }
  }

  private void answered(ByteString answer) {
    CompletableFuture<byte[]> asked = takeAwaited();
    if (asked == null) {
      end(Fields.invalid("challenge response: nothing was asked"));
    } else if (answer.size() > NodeVerifier.LONGEST_EVIDENCE) {
      var _ = asked.completeExceptionally(new AttestationException("answer too long"));
    } else {
      var _ = asked.complete(answer.toByteArray());
    }
  }

  private synchronized @Nullable CompletableFuture<byte[]> takeAwaited() {
    CompletableFuture<byte[]> asked = awaited;
    awaited = null;
    return asked;
  }

  private void end(Throwable problem) {
    synchronized (this) {
      if (!over) {
        over = true;
        out.onError(Errors.toStatus(problem, scope));
      }
    }
    nobodyAnswers();
  }

  private void nobodyAnswers() {
    CompletableFuture<byte[]> asked = takeAwaited();
    if (asked != null) {
      var _ = asked.completeExceptionally(new AttestationException("the call is over"));
    }
  }

  @Override
  public void onError(Throwable cancelled) {
    synchronized (this) {
      over = true;
    }
    nobodyAnswers();
  }

  @Override
  public void onCompleted() {
    boolean nothing;
    synchronized (this) {
      nothing = !begun;
    }
    if (nothing) {
      end(Fields.invalid("no params were sent"));
    } else {
      nobodyAnswers();
    }
  }
}
