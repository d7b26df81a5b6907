package dev.credence.cli.client;

import dev.credence.proto.workload.SpiffeWorkloadAPIGrpc;
import dev.credence.proto.workload.X509SVIDRequest;
import dev.credence.proto.workload.X509SVIDResponse;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;

/// The SPIFFE Workload API, as much of it as commands need. Thread-safe.
public record WorkloadApi(DaemonConnection connection) {

  private static final Metadata.Key<String> HEADER =
      Metadata.Key.of("workload.spiffe.io", Metadata.ASCII_STRING_MARSHALLER);

  /// The first message of the stream: all X.509-SVIDs of the caller, at least one. The stream is
  /// then ended.
  ///
  /// @throws CommandFailure if the caller has no identity
  public X509SVIDResponse fetchX509Svids() {
    var header = new Metadata();
    header.put(HEADER, "true");
    return connection.ask(
        SpiffeWorkloadAPIGrpc::newBlockingStub,
        stub -> {
          var answers =
              stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(header))
                  .fetchX509SVID(X509SVIDRequest.getDefaultInstance());
          var first = answers.hasNext() ? answers.next() : X509SVIDResponse.getDefaultInstance();
          if (first.getSvidsCount() == 0) {
            throw CommandFailure.failed("the node answered without an SVID");
          }
          return first;
        });
  }
}
