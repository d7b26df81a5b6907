package dev.credence.node;

import com.google.protobuf.ByteString;
import dev.credence.certs.Certificates;
import dev.credence.certs.Id;
import dev.credence.certs.Printable;
import dev.credence.certs.SvidException;
import dev.credence.certs.TrustDomain;
import dev.credence.certs.X509Bundle;
import dev.credence.node.CallException.Kind;
import dev.credence.proto.node.v1.EndExecutionRequest;
import dev.credence.proto.node.v1.IssueJwtSvidRequest;
import dev.credence.proto.node.v1.IssuedSvid;
import dev.credence.proto.node.v1.NodeGrpc;
import dev.credence.proto.node.v1.NodeSvid;
import dev.credence.proto.node.v1.OpenExecutionRequest;
import dev.credence.proto.node.v1.RenewExecutionRequest;
import dev.credence.proto.node.v1.RenewNodeRequest;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The server over gRPC. Thread-safe.
final class GrpcServerPort implements ServerPort, AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(10);
  // A refusal names what was found and what was expected, and two names may have 63 characters
  // each.
  private static final int LONGEST_TEXT = 600;

  private final Supplier<ManagedChannel> dialer;
  private final Runnable turn;
  private final TrustDomain trustDomain;
  private final SecureRandom random;
  private final InstantSource clock;
  private final ByteString startId;
  private final AtomicReference<@Nullable ManagedChannel> channel = new AtomicReference<>();

  /// Connects at {@link #refresh}; until then every call fails.
  ///
  /// @param dialer makes a channel that shows the SVID that the node has at that time
  /// @param turn from now on the dialer takes the next server
  GrpcServerPort(
      Supplier<ManagedChannel> dialer,
      Runnable turn,
      TrustDomain trustDomain,
      SecureRandom random,
      InstantSource clock) {
    this.dialer = dialer;
    this.turn = turn;
    this.trustDomain = trustDomain;
    this.random = random;
    this.clock = clock;
    this.startId = Wire.bytes(Id.random(random).bytes());
  }

  @Override
  public Issued open(Match match, Attestation attestation, byte[] csr) throws CallException {
    var request =
        OpenExecutionRequest.newBuilder()
            .setRequestId(requestId())
            .setStartId(startId)
            .setRegistrationId(match.registration().id().toString())
            .setRegistrationRevision(match.registration().revision())
            .setAttestation(Wire.attestation(attestation, match.code()))
            .setCsr(Wire.bytes(csr))
            .build();
    return issued(call(stub -> stub.openExecution(request)));
  }

  @Override
  public Issued renew(Id execution, Match match, Attestation attestation, byte[] csr)
      throws CallException {
    var request =
        RenewExecutionRequest.newBuilder()
            .setRequestId(requestId())
            .setStartId(startId)
            .setExecutionId(execution.toString())
            .setAttestation(Wire.attestation(attestation, match.code()))
            .setCsr(Wire.bytes(csr))
            .build();
    return issued(call(stub -> stub.renewExecution(request)));
  }

  @Override
  public String token(Id execution, List<String> audiences) throws CallException {
    var request =
        IssueJwtSvidRequest.newBuilder()
            .setRequestId(requestId())
            .setStartId(startId)
            .setExecutionId(execution.toString())
            .addAllAudiences(audiences)
            .build();
    return call(stub -> stub.issueJwtSvid(request)).getToken();
  }

  @Override
  public void end(Id execution, EndReason reason) throws CallException {
    var request =
        EndExecutionRequest.newBuilder()
            .setRequestId(requestId())
            .setStartId(startId)
            .setExecutionId(execution.toString())
            .setReason(reason.label())
            .build();
    var _ = call(stub -> stub.endExecution(request));
  }

  @Override
  public NodeCertificate renewNode(byte[] csr) throws CallException {
    var request =
        RenewNodeRequest.newBuilder()
            .setRequestId(requestId())
            .setStartId(startId)
            .setCsr(Wire.bytes(csr))
            .build();
    NodeSvid svid = call(stub -> stub.renewNode(request));
    return certificate(svid, trustDomain);
  }

  @Override
  public SyncStream sync(SyncOpening opening, SyncListener listener) {
    var stream = new GrpcSyncStream(listener, trustDomain);
    stream.open(
        NodeGrpc.newStub(Objects.requireNonNull(channel.get(), "not connected")), opening, startId);
    return stream;
  }

  @Override
  public void refresh() {
    ManagedChannel before = channel.getAndSet(dialer.get());
    if (before != null) {
      before.shutdown(); // calls under way finish on it
    }
  }

  @Override
  public void turnAway() {
    turn.run();
  }

  @Override
  public void close() {
    ManagedChannel last = channel.get();
    if (last != null) {
      last.shutdownNow();
    }
  }

  static NodeCertificate certificate(NodeSvid svid, TrustDomain trustDomain) throws CallException {
    try {
      return new NodeCertificate(
          Certificates.parseChain(svid.getX509Svid().toByteArray()),
          X509Bundle.parse(trustDomain, svid.getBundle().toByteArray()));
    } catch (SvidException e) {
      throw unusable("the server's answer is not readable: " + e.getMessage(), e);
    }
  }

  private static Issued issued(IssuedSvid svid) throws CallException {
    try {
      return new Issued(
          Id.parse(svid.getExecutionId()),
          Certificates.parseChain(svid.getX509Svid().toByteArray()));
    } catch (SvidException | IllegalArgumentException e) {
      throw unusable("the server's answer is not readable: " + e.getMessage(), e);
    }
  }

  private static CallException unusable(String message, Exception cause) {
    return new CallException(Kind.UNUSABLE, message, cause);
  }

  /// One call on the channel of the moment.
  @FunctionalInterface
  private interface Call<A> {
    A on(NodeGrpc.NodeBlockingStub stub);
  }

  private <A> A call(Call<A> call) throws CallException {
    ManagedChannel now = channel.get();
    if (now == null) {
      throw new CallException(Kind.AWAY, "the node has not joined yet");
    }
    try {
      return call.on(NodeGrpc.newBlockingStub(now).withDeadlineAfter(DEADLINE));
    } catch (StatusRuntimeException e) {
      throw new CallException(kind(e.getStatus()), text(e.getStatus()), e);
    }
  }

  static Kind kind(Status status) {
    return switch (status.getCode()) {
      case FAILED_PRECONDITION -> Kind.BEHIND;
      case PERMISSION_DENIED -> Kind.REFUSED;
      case NOT_FOUND -> Kind.NOT_RUNNING;
      case INVALID_ARGUMENT, ALREADY_EXISTS, OUT_OF_RANGE -> Kind.UNUSABLE;
      default -> Kind.AWAY;
    };
  }

  /// For people; what a peer wrote is cut and escaped.
  static String text(Status status) {
    String description = status.getDescription();
    Throwable cause = status.getCause();
    String because = cause == null || cause.getMessage() == null ? "" : cause.getMessage();
    String detail =
        description == null ? because : description + (because.isEmpty() ? "" : ": " + because);
    return status.getCode()
        + (detail.isEmpty() ? "" : " " + Printable.quoted(detail, LONGEST_TEXT));
  }

  /// The server remembers them for a while, in their order.
  private ByteString requestId() {
    return Wire.bytes(Id.randomAt(clock.instant(), random).bytes());
  }
}
