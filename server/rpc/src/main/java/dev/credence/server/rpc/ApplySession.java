package dev.credence.server.rpc;

import dev.credence.proto.admin.v1.ApplyOptions;
import dev.credence.proto.admin.v1.ApplyRequest;
import dev.credence.proto.admin.v1.ApplyResponse;
import dev.credence.server.core.ApplyReport;
import dev.credence.server.core.ApplySet;
import dev.credence.server.core.Declared;
import dev.credence.server.core.ServerException;
import dev.credence.server.core.ServerException.Kind;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// One caller's set of declarations, as it comes in: bounded in number and bytes, and acted on when
/// all of it is there. Callbacks of one call come one after another, except for [#over()].
final class ApplySession implements StreamObserver<ApplyRequest> {
  private static final long MOST_BYTES = 16 << 20;

  private final CallScope scope;
  private final ServerCallStreamObserver<ApplyResponse> out;
  private final ApplySet apply;
  private final ApplyLimits limits;
  private final AtomicBoolean left = new AtomicBoolean();
  private List<Declared> declared = new ArrayList<>();
  private @Nullable ApplyOptions options;
  private long bytes;
  private boolean entered;
  private boolean finished;

  ApplySession(
      CallScope scope,
      ServerCallStreamObserver<ApplyResponse> out,
      ApplySet apply,
      ApplyLimits limits) {
    this.scope = scope;
    this.out = out;
    this.apply = apply;
    this.limits = limits;
    try {
      limits.enter(scope.caller());
      entered = true;
    } catch (ServerException e) {
      finish(e);
    }
  }

  @Override
  @SuppressWarnings(
      "CatchingUnchecked") // the outer edge of a call: whatever it was goes to the log
  public void onNext(ApplyRequest request) {
    if (finished) {
      return;
    }
    try {
      take(request);
    } catch (ServerException | RuntimeException | Error e) {
      finish(e);
    }
  }

  private void take(ApplyRequest request) throws ServerException {
    if (request.hasOptions() == (options != null)) {
      throw Fields.invalid("options: in the first message, and only there");
    }
    if (request.hasOptions()) {
      options = request.getOptions();
    }
    bytes += request.getSerializedSize();
    if (bytes > MOST_BYTES || declared.size() + request.getObjectsCount() > ApplySet.MOST_OBJECTS) {
      throw new ServerException(
          Kind.EXHAUSTED,
          "declarations: more than "
              + ApplySet.MOST_OBJECTS
              + ", or larger than 16 MiB (expected: less at once)");
    }
    for (var object : request.getObjectsList()) {
      declared.add(ApplyMessages.declared(object));
    }
  }

  @Override
  @SuppressWarnings(
      "CatchingUnchecked") // the outer edge of a call: whatever it was goes to the log
  public void onCompleted() {
    if (finished) {
      return;
    }
    try {
      ApplyOptions asked = options;
      if (asked == null) {
        throw Fields.invalid("options: none (expected: in the first message)");
      }
      ApplyReport report = applied(asked);
      for (ApplyResponse part : ApplyMessages.parts(report)) {
        out.onNext(part);
      }
      finished = true;
      out.onCompleted();
      over();
    } catch (ServerException | RuntimeException | Error e) {
      finish(e);
    }
  }

  private ApplyReport applied(ApplyOptions asked) throws ServerException {
    limits.begin(scope.caller());
    try {
      return apply.run(scope.caller().actor(), ApplyMessages.ask(asked), List.copyOf(declared));
    } finally {
      limits.end(scope.caller());
    }
  }

  @Override
  public void onError(Throwable cancelled) {
    finished = true;
    over();
  }

  private void finish(Throwable problem) {
    finished = true;
    declared = List.of();
    if (!out.isCancelled()) {
      out.onError(Errors.toStatus(problem, scope));
    }
    over();
  }

  /// The call has ended, whoever ended it. Any thread; idempotent.
  void over() {
    if (entered && left.compareAndSet(false, true)) {
      limits.leave(scope.caller());
    }
  }
}
