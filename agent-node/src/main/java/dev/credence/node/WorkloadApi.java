package dev.credence.node;

import dev.credence.proto.workload.JWTBundlesRequest;
import dev.credence.proto.workload.JWTBundlesResponse;
import dev.credence.proto.workload.JWTSVIDRequest;
import dev.credence.proto.workload.JWTSVIDResponse;
import dev.credence.proto.workload.SpiffeWorkloadAPIGrpc;
import dev.credence.proto.workload.ValidateJWTSVIDRequest;
import dev.credence.proto.workload.ValidateJWTSVIDResponse;
import dev.credence.proto.workload.X509BundlesRequest;
import dev.credence.proto.workload.X509BundlesResponse;
import dev.credence.proto.workload.X509SVIDRequest;
import dev.credence.proto.workload.X509SVIDResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;

/// The SPIFFE Workload API. The WIT calls answer UNIMPLEMENTED. Calls arrive on the event loop and
/// leave it at once.
final class WorkloadApi extends SpiffeWorkloadAPIGrpc.SpiffeWorkloadAPIImplBase {
  private final Callers callers;
  private final WorkloadMessages messages;
  private final JwtProfile jwt;
  private final OpenStreams streams;
  private final Executor executor;

  WorkloadApi(
      Callers callers,
      WorkloadMessages messages,
      JwtProfile jwt,
      OpenStreams streams,
      Executor executor) {
    this.callers = callers;
    this.streams = streams;
    this.messages = messages;
    this.jwt = jwt;
    this.executor = executor;
  }

  @Override
  public void fetchX509SVID(X509SVIDRequest request, StreamObserver<X509SVIDResponse> observer) {
    open(observer, messages.svids());
  }

  @Override
  public void fetchX509Bundles(
      X509BundlesRequest request, StreamObserver<X509BundlesResponse> observer) {
    open(observer, messages.bundles());
  }

  @Override
  public void fetchJWTBundles(
      JWTBundlesRequest request, StreamObserver<JWTBundlesResponse> observer) {
    open(observer, jwt.bundles());
  }

  @Override
  public void fetchJWTSVID(JWTSVIDRequest request, StreamObserver<JWTSVIDResponse> observer) {
    jwt.fetch(
        CallerContext.current(), request, (ServerCallStreamObserver<JWTSVIDResponse>) observer);
  }

  @Override
  public void validateJWTSVID(
      ValidateJWTSVIDRequest request, StreamObserver<ValidateJWTSVIDResponse> observer) {
    jwt.validate(request, observer);
  }

  private <T> void open(StreamObserver<T> observer, WorkloadStream.Rendering<T> rendering) {
    Caller caller = CallerContext.current();
    var stream =
        new WorkloadStream<>(
            (ServerCallStreamObserver<T>) observer,
            rendering,
            refused -> callers.report(caller, refused),
            streams);
    executor.execute(() -> callers.begin(caller, stream));
  }
}
