package dev.credence.cli.client;

import dev.credence.proto.workload.JWTSVIDRequest;
import dev.credence.proto.workload.JWTSVIDResponse;
import dev.credence.proto.workload.SpiffeWorkloadAPIGrpc;
import dev.credence.proto.workload.X509SVIDRequest;
import dev.credence.proto.workload.X509SVIDResponse;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// The SPIFFE Workload API, as much of it as commands need. Thread-safe.
public record WorkloadApi(DaemonConnection connection) {

  private static final Metadata.Key<String> HEADER =
      Metadata.Key.of("workload.spiffe.io", Metadata.ASCII_STRING_MARSHALLER);

  /// The first message of the stream: all X.509-SVIDs of the caller, at least one. The stream is
  /// then ended.
  ///
  /// @throws CommandFailure if the caller has no identity
  public X509SVIDResponse fetchX509Svids() {
    return connection.ask(
        SpiffeWorkloadAPIGrpc::newBlockingStub,
        stub -> {
          var answers =
              stub.withInterceptors(header()).fetchX509SVID(X509SVIDRequest.getDefaultInstance());
          var first = answers.hasNext() ? answers.next() : X509SVIDResponse.getDefaultInstance();
          missing(first)
              .ifPresent(what -> {
                throw CommandFailure.failed("the node answered without " + what);
              });
          return first;
        });
  }

  /// What a message lacks that every message must have (Workload API, section 5.2.1).
  private static Optional<String> missing(X509SVIDResponse message) {
    if (message.getSvidsCount() == 0) {
      return Optional.of("an SVID");
    }
    return message.getSvidsList().stream()
        .flatMap(svid ->
            Stream.of(
                svid.getSpiffeId().isEmpty() ? "a SPIFFE ID" : "",
                svid.getX509Svid().isEmpty() ? "a certificate" : "",
                svid.getX509SvidKey().isEmpty() ? "a key" : "",
                svid.getBundle().isEmpty() ? "a bundle" : ""))
        .filter(what -> !what.isEmpty())
        .findFirst();
  }

  /// JWT-SVIDs of the caller for these audiences, one for each of its identities.
  ///
  /// @throws CommandFailure if the caller has no identity, or none with JWT-SVIDs
  public JWTSVIDResponse fetchJwtSvids(List<String> audiences) {
    return connection.ask(
        SpiffeWorkloadAPIGrpc::newBlockingStub,
        stub ->
            stub.withInterceptors(header())
                .fetchJWTSVID(JWTSVIDRequest.newBuilder().addAllAudience(audiences).build()));
  }

  /// Each message of the stream, as it comes, until the node ends it. A message that lacks what it
  /// must have is left out, and what came before stays in force.
  ///
  /// @param incomplete told what such a message lacks
  /// @throws CommandFailure if the caller has no identity, or the node is away
  public void followX509Svids(Consumer<X509SVIDResponse> each, Consumer<String> incomplete) {
    connection.translated(() -> {
      connection
          .streaming(SpiffeWorkloadAPIGrpc::newBlockingStub)
          .withInterceptors(header())
          .fetchX509SVID(X509SVIDRequest.getDefaultInstance())
          .forEachRemaining(answer -> {
            missing(answer).ifPresentOrElse(incomplete, () -> each.accept(answer));
          });
      return this;
    });
  }

  private static ClientInterceptor header() {
    var header = new Metadata();
    header.put(HEADER, "true");
    return MetadataUtils.newAttachHeadersInterceptor(header);
  }
}
