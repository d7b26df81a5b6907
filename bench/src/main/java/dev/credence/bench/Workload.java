package dev.credence.bench;

import dev.credence.proto.workload.SpiffeWorkloadAPIGrpc;
import dev.credence.proto.workload.X509SVIDRequest;
import dev.credence.proto.workload.X509SVIDResponse;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// One stream of X.509-SVIDs of this process. Closing cancels it.
final class Workload implements AutoCloseable {

  private static final Metadata.Key<String> HEADER =
      Metadata.Key.of("workload.spiffe.io", Metadata.ASCII_STRING_MARSHALLER);

  private final Context.CancellableContext context = Context.ROOT.withCancellation();
  private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();

  /// A message, and when it came.
  record Arrival(X509SVIDResponse message, long nanos) {}

  static Workload open(Channel channel) {
    var header = new Metadata();
    header.put(HEADER, "true");
    var stub =
        SpiffeWorkloadAPIGrpc.newStub(channel)
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(header));
    var workload = new Workload();
    workload.context.run(
        () -> stub.fetchX509SVID(X509SVIDRequest.getDefaultInstance(), workload.new Arrivals()));
    return workload;
  }

  Arrival next() throws InterruptedException {
    var arrival = arrivals.poll(30, TimeUnit.SECONDS);
    if (arrival == null || arrival.message().getSvidsCount() == 0) {
      throw new IllegalStateException("no SVID came");
    }
    return arrival;
  }

  @Override
  public void close() {
    context.cancel(null);
  }

  private final class Arrivals implements StreamObserver<X509SVIDResponse> {
    @Override
    public void onNext(X509SVIDResponse message) {
      arrivals.add(new Arrival(message, System.nanoTime()));
    }

    @Override
    public void onError(Throwable error) {
      arrivals.add(new Arrival(X509SVIDResponse.getDefaultInstance(), System.nanoTime()));
    }

    @Override
    public void onCompleted() {
      onError(new IllegalStateException("the stream ended"));
    }
  }
}
