package dev.credence.e2e.client;

import dev.credence.proto.admin.v1.ApplyOptions;
import dev.credence.proto.admin.v1.ApplyRequest;
import dev.credence.proto.admin.v1.ApplyResponse;
import dev.credence.proto.admin.v1.Declared;
import dev.credence.proto.admin.v1.DeclaredOwner;
import dev.credence.proto.admin.v1.DeclaredPerson;
import dev.credence.proto.admin.v1.DeclaredRegistration;
import dev.credence.proto.admin.v1.DeclaredSubject;
import dev.credence.proto.admin.v1.SetsGrpc;
import dev.credence.proto.common.v1.SubjectKind;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Declared sets, as the wire has them.
public final class Declares {

  private static final long SECONDS = 60;

  private Declares() {}

  /// One call that is open: what is sent, and what comes back.
  public static final class Open implements StreamObserver<ApplyResponse> {
    private final ApplyResponse.Builder parts = ApplyResponse.newBuilder();
    private final CompletableFuture<ApplyResponse> whole = new CompletableFuture<>();
    private final StreamObserver<ApplyRequest> requests;

    private Open(Admin admin) {
      this.requests = SetsGrpc.newStub(admin.channel()).apply(this);
    }

    /// Opens it.
    public static Open at(Admin admin) {
      return new Open(admin);
    }

    /// Sends a message.
    public Open send(ApplyRequest.Builder request) {
      requests.onNext(request.build());
      return this;
    }

    /// Ends this side and waits for the answer; its error is thrown.
    public ApplyResponse answer() throws InterruptedException {
      requests.onCompleted();
      return await();
    }

    /// Waits for the answer.
    public ApplyResponse await() throws InterruptedException {
      try {
        return whole.get(SECONDS, TimeUnit.SECONDS);
      } catch (ExecutionException e) {
        throw e.getCause() instanceof StatusRuntimeException status
            ? status
            : Status.UNKNOWN.withCause(e.getCause()).asRuntimeException();
      } catch (TimeoutException e) {
        throw new AssertionError("no answer within " + SECONDS + " s", e);
      }
    }

    /// Gives it up.
    public void cancel() {
      requests.onError(Status.CANCELLED.asRuntimeException());
    }

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
  }

  /// Applies them; a request id is added.
  public static ApplyResponse apply(
      Admin admin, ApplyOptions.Builder options, List<Declared> objects)
      throws InterruptedException {
    if (options.getRequestId().isEmpty()) {
      options.setRequestId(RequestIds.next());
    }
    var open = Open.at(admin).send(ApplyRequest.newBuilder().setOptions(options));
    for (int from = 0; from < objects.size(); from += 500) {
      open.send(
          ApplyRequest.newBuilder()
              .addAllObjects(objects.subList(from, Math.min(objects.size(), from + 500))));
    }
    return open.answer();
  }

  /// An owner with its person.
  public static List<Declared> owner(String name) {
    List<Declared> both = new ArrayList<>();
    both.add(Declared.newBuilder().setPerson(DeclaredPerson.newBuilder().setName("ada")).build());
    both.add(
        Declared.newBuilder()
            .setOwner(DeclaredOwner.newBuilder().setName(name).setHuman("ada"))
            .build());
    return both;
  }

  /// An agent for any node.
  public static Declared agent(String owner, String name, String purpose, String... selectors) {
    var registration = DeclaredRegistration.newBuilder().setAnyNode(true);
    for (String selector : selectors) {
      registration.addSelectors(Selectors.of(selector));
    }
    var agent =
        DeclaredSubject.newBuilder()
            .setKind(SubjectKind.SUBJECT_KIND_AGENT)
            .setOwner(owner)
            .setName(name)
            .addRegistrations(registration);
    agent.getGovernanceBuilder().setPurpose(purpose);
    return Declared.newBuilder().setPosition("test").setSubject(agent).build();
  }
}
