package dev.credence.e2e.client;

import dev.credence.e2e.story.Await;
import dev.credence.proto.node.v1.Registration;
import dev.credence.proto.node.v1.Settled;
import dev.credence.proto.node.v1.SyncRequest;
import dev.credence.proto.node.v1.SyncResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The open stream of a [RawNode]: everything the server pushed, in order. Thread-safe.
public final class SyncSession implements StreamObserver<SyncResponse>, AutoCloseable {

  private static final Duration SOON = Duration.ofSeconds(60);

  private final Await<SyncResponse> pushed = new Await<>("pushes to the node");
  private volatile @Nullable StreamObserver<SyncRequest> requests;

  SyncSession() {}

  void begin(StreamObserver<SyncRequest> toServer) {
    requests = toServer;
  }

  /// Sends a message.
  public synchronized void send(SyncRequest.Builder message) {
    Objects.requireNonNull(requests, "the stream is open").onNext(message.build());
  }

  /// Waits for the welcome, answers that everything runs that the server believes to run, and waits
  /// for the registry.
  void settle() throws InterruptedException {
    var welcome = pushed.first("welcome", SyncResponse::hasWelcome, SOON).getWelcome();
    var settled = Settled.newBuilder();
    welcome
        .getHostedList()
        .forEach(hosted -> settled.addRunningExecutionIds(hosted.getExecutionId()));
    send(SyncRequest.newBuilder().setSettled(settled));
    pushed.first("registry", SyncResponse::hasRegistry, SOON);
  }

  /// What came.
  public Await<SyncResponse> pushed() {
    return pushed;
  }

  /// A registration by the name of its subject, as it was pushed last.
  public Registration registration(String name) throws InterruptedException {
    var update = pushed.first("registration of " + name, message -> named(message, name), SOON);
    return update.getRegistry().getRegistrationsList().stream()
        .filter(registration -> registration.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static boolean named(SyncResponse message, String name) {
    return message.getRegistry().getRegistrationsList().stream()
        .anyMatch(registration -> registration.getName().equals(name));
  }

  @Override
  public void onNext(SyncResponse message) {
    pushed.add(message);
  }

  @Override
  public void onError(Throwable error) {
    pushed.end(Status.fromThrowable(error).toString());
  }

  @Override
  public void onCompleted() {
    pushed.end("OK");
  }

  @Override
  public void close() {
    var open = requests;
    if (open != null) {
      open.onCompleted();
    }
  }
}
