package dev.credence.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.credence.certs.Id;
import dev.credence.proto.node.v1.NodeGrpc;
import dev.credence.proto.node.v1.Open;
import dev.credence.proto.node.v1.Settled;
import dev.credence.proto.node.v1.SyncRequest;
import dev.credence.proto.node.v1.SyncResponse;
import dev.credence.server.rig.RpcRig;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node that opens its stream and then takes nothing. Time is the test's.
class SyncStallTest {
  private final AtomicLong nanos = new AtomicLong(1);
  private final SyncSessions sessions = new SyncSessions(nanos::get);
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private RpcRig rig;
  private Server server;
  private ManagedChannel channel;
  private Id node;
  private AsNode around;

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    rig = new RpcRig(folder);
    var attested = TestNodes.attest(rig);
    node = attested.id();
    around = new AsNode(attested);
    var service =
        new NodeService(rig.core, new SyncSession.Parts(rig.core, sessions, executor, () -> {}));
    server =
        InProcessServerBuilder.forName("stall")
            .executor(executor)
            .addService(ServerInterceptors.intercept(service, around))
            .build()
            .start();
    channel = InProcessChannelBuilder.forName("stall").build();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.shutdownNow();
    executor.shutdownNow();
    rig.close();
  }

  private static final class AsNode implements ServerInterceptor {
    private final TestNodes.Attested node;
    private final BlockingQueue<Consumer<Status>> open = new LinkedBlockingQueue<>();

    private AsNode(TestNodes.Attested node) {
      this.node = node;
    }

    /// Closes the newest call without asking its handler, as what is around it may.
    void closeAround() {
      open.remove().accept(Status.RESOURCE_EXHAUSTED);
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> inner, Metadata headers, ServerCallHandler<Q, A> next) {
      var call = new OnceClosedCall<>(inner);
      open.add(status -> call.close(status, new Metadata()));
      var scope =
          new CallScope(
              new Id(1, 1),
              new Caller.Node(node.id(), "0a", node.key()),
              call.getMethodDescriptor().getFullMethodName());
      return Contexts.interceptCall(scope.in(Context.current()), call, headers, next);
    }
  }

  /// Takes messages only when told to.
  private static final class Slow implements ClientResponseObserver<SyncRequest, SyncResponse> {
    final BlockingQueue<Object> seen = new LinkedBlockingQueue<>();
    private volatile @Nullable ClientCallStreamObserver<SyncRequest> call;

    ClientCallStreamObserver<SyncRequest> call() {
      return Objects.requireNonNull(call, "not started");
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<SyncRequest> stream) {
      call = stream;
      stream.disableAutoRequestWithInitial(0);
    }

    @Override
    public void onNext(SyncResponse message) {
      seen.add(message.getMessageCase());
    }

    @Override
    public void onError(Throwable error) {
      seen.add(Status.fromThrowable(error).getCode());
    }

    @Override
    public void onCompleted() {
      seen.add("completed");
    }

    Object next() throws InterruptedException {
      return Objects.requireNonNull(seen.poll(60, TimeUnit.SECONDS), "nothing came for 60 s");
    }
  }

  private Slow open() throws Exception {
    var client = new Slow();
    NodeGrpc.newStub(channel).sync(client);
    client
        .call()
        .onNext(
            SyncRequest.newBuilder()
                .setOpen(
                    Open.newBuilder()
                        .setVersion(1)
                        .setStartId(ByteString.copyFrom(Id.random(new SecureRandom()).bytes())))
                .build());
    client.call().request(1);
    assertThat(client.next()).isEqualTo(SyncResponse.MessageCase.WELCOME);
    client.call().onNext(SyncRequest.newBuilder().setSettled(Settled.getDefaultInstance()).build());
    return client;
  }

  private void awaitBlocked() {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!sessions.anyBlocked()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  @Test
  void aNodeThatTakesNothingIsCutAfterThirtySeconds() throws Exception {
    Slow client = open();
    awaitBlocked();
    nanos.addAndGet(Duration.ofSeconds(29).toNanos());
    sessions.closeStalled();
    assertThat(rig.core.nodeStreams().isConnected(node)).isTrue();
    nanos.addAndGet(Duration.ofSeconds(2).toNanos());
    sessions.closeStalled();
    assertThat(rig.core.nodeStreams().isConnected(node)).isFalse();
    client.call().request(100);
    assertThat(client.next()).isEqualTo(Status.Code.UNAVAILABLE);
  }

  @Test
  void aNodeThatTakesSomethingNowAndThenStays() throws Exception {
    Slow client = open();
    awaitBlocked();
    nanos.addAndGet(Duration.ofSeconds(20).toNanos());
    client.call().request(100);
    assertThat(client.next()).isEqualTo(SyncResponse.MessageCase.BUNDLE);
    assertThat(client.next()).isEqualTo(SyncResponse.MessageCase.REGISTRY);
    nanos.addAndGet(Duration.ofSeconds(20).toNanos());
    sessions.closeStalled();
    assertThat(rig.core.nodeStreams().isConnected(node)).isTrue();
  }

  @Test
  void aSessionWhoseCallIsClosedAroundItLeaves_andTheNodeCanComeBack() throws Exception {
    Slow client = open();
    awaitBlocked();
    assertThat(rig.core.nodeStreams().isConnected(node)).isTrue();
    around.closeAround();
    client.call().request(100);
    while (client.next() != Status.Code.RESOURCE_EXHAUSTED) {
      // what had been sent before
    }
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (sessions.anyBlocked() || rig.core.nodeStreams().isConnected(node)) {
      assertThat(System.nanoTime()).as("the session has left").isLessThan(deadline);
      Thread.onSpinWait();
    }
    // A session that had stayed would be cut now, and with it the stream that came after it.
    open();
    nanos.addAndGet(Duration.ofSeconds(60).toNanos());
    assertThat(rig.core.nodeStreams().isConnected(node)).isTrue();
  }
}
