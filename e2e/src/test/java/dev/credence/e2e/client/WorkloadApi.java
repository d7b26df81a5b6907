package dev.credence.e2e.client;

import dev.credence.proto.workload.JWTBundlesRequest;
import dev.credence.proto.workload.JWTBundlesResponse;
import dev.credence.proto.workload.JWTSVIDRequest;
import dev.credence.proto.workload.JWTSVIDResponse;
import dev.credence.proto.workload.SpiffeWorkloadAPIGrpc;
import dev.credence.proto.workload.ValidateJWTSVIDRequest;
import dev.credence.proto.workload.ValidateJWTSVIDResponse;
import dev.credence.proto.workload.X509BundlesRequest;
import dev.credence.proto.workload.X509BundlesResponse;
import dev.credence.proto.workload.X509SVID;
import dev.credence.proto.workload.X509SVIDRequest;
import dev.credence.proto.workload.X509SVIDResponse;
import dev.credence.transport.UnixSocketChannels;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// The Workload API as the wire has it, over one connection. The caller is this process.
/// Thread-safe.
public final class WorkloadApi implements AutoCloseable {

  /// The header that every request must carry.
  public static final Metadata.Key<String> HEADER =
      Metadata.Key.of("workload.spiffe.io", Metadata.ASCII_STRING_MARSHALLER);

  private static final Duration SOON = Duration.ofSeconds(60);

  private final ManagedChannel channel;

  private WorkloadApi(ManagedChannel channel) {
    this.channel = channel;
  }

  /// Connects at the first call.
  public static WorkloadApi at(Path socket) {
    return new WorkloadApi(UnixSocketChannels.open(socket));
  }

  /// The connection.
  public ManagedChannel channel() {
    return channel;
  }

  /// Calls that carry the header.
  public SpiffeWorkloadAPIGrpc.SpiffeWorkloadAPIStub stub() {
    return stub("true");
  }

  /// Calls that carry the header with these values: none, one, several.
  public SpiffeWorkloadAPIGrpc.SpiffeWorkloadAPIStub stub(String... values) {
    var header = new Metadata();
    for (var value : values) {
      header.put(HEADER, value);
    }
    return SpiffeWorkloadAPIGrpc.newStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(header));
  }

  /// Opens a stream of X.509-SVIDs.
  public Listening<X509SVIDResponse> openX509Svids() {
    return Listening.to("X.509-SVIDs", X509SVIDRequest.getDefaultInstance(), stub()::fetchX509SVID);
  }

  /// Opens a stream of bundles.
  public Listening<X509BundlesResponse> openX509Bundles() {
    return Listening.to(
        "X.509 bundles", X509BundlesRequest.getDefaultInstance(), stub()::fetchX509Bundles);
  }

  /// Opens a stream of JWT bundles.
  public Listening<JWTBundlesResponse> openJwtBundles() {
    return Listening.to(
        "JWT bundles", JWTBundlesRequest.getDefaultInstance(), stub()::fetchJWTBundles);
  }

  /// JWT-SVIDs of this process; the call's answer or its end.
  public Listening<JWTSVIDResponse> askForJwtSvids(JWTSVIDRequest request) {
    return Listening.to("JWT-SVIDs", request, stub()::fetchJWTSVID);
  }

  /// The first JWT-SVID of this process for these audiences.
  public String fetchJwtSvid(String... audiences) throws InterruptedException {
    var request = JWTSVIDRequest.newBuilder().addAllAudience(List.of(audiences)).build();
    try (var answer = askForJwtSvids(request)) {
      return answer.next(0, SOON).getSvids(0).getSvid();
    }
  }

  /// What the node says about a token; the call's answer or its end.
  public Listening<ValidateJWTSVIDResponse> validate(String audience, String token) {
    return Listening.to(
        "validation",
        ValidateJWTSVIDRequest.newBuilder().setAudience(audience).setSvid(token).build(),
        stub()::validateJWTSVID);
  }

  /// The first message of a stream of its own.
  public X509SVIDResponse fetchX509Svids() throws InterruptedException {
    try (var stream = openX509Svids()) {
      return stream.next(0, SOON);
    }
  }

  /// The only SVID of this process.
  public X509SVID fetchX509Svid() throws InterruptedException {
    var message = fetchX509Svids();
    if (message.getSvidsCount() != 1) {
      throw new AssertionError(
          "SVIDs of this process: " + message.getSvidsCount() + " (expected: 1)");
    }
    return message.getSvids(0);
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
