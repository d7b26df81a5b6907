package dev.credence.e2e.client;

import com.google.protobuf.ByteString;
import dev.credence.certs.Certificates;
import dev.credence.certs.Identity;
import dev.credence.certs.SvidException;
import dev.credence.certs.SvidVerifier;
import dev.credence.certs.TrustDomain;
import dev.credence.certs.X509Bundle;
import dev.credence.certs.X509Svid;
import dev.credence.proto.common.v1.AttestationRecord;
import dev.credence.proto.node.v1.AttestResult;
import dev.credence.proto.node.v1.IssuedSvid;
import dev.credence.proto.node.v1.NodeGrpc;
import dev.credence.proto.node.v1.Open;
import dev.credence.proto.node.v1.OpenExecutionRequest;
import dev.credence.proto.node.v1.Registration;
import dev.credence.proto.node.v1.SyncRequest;
import dev.credence.transport.MutualTls;
import dev.credence.transport.TlsIdentity;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import java.security.KeyPair;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// A node that speaks the protocol and nothing else: it attests no process, says what it is told to
/// say, and may lie. Thread-safe.
public final class RawNode implements AutoCloseable {

  private static final Duration SOON = Duration.ofSeconds(60);

  private final ByteString startId = RequestIds.next();
  private final String id;
  private final ManagedChannel channel;

  private RawNode(String id, ManagedChannel channel) {
    this.id = id;
    this.channel = channel;
  }

  /// Joins with a token and a key of its own.
  public static RawNode join(FirstContact contact) throws InterruptedException {
    var keys = Keys.fresh();
    return of(contact, contact.attest(RequestIds.next(), Keys.request(keys)), keys);
  }

  /// A node that was attested before.
  public static RawNode of(FirstContact contact, AttestResult attested, KeyPair keys) {
    var trustDomain = contact.token().trustDomain();
    var credentials =
        MutualTls.client(
            identity(trustDomain, attested, keys),
            new SvidVerifier(Keys.CRYPTO),
            contact.clock(),
            new Identity.Server().in(trustDomain));
    return new RawNode(
        attested.getNodeId(),
        Grpc.newChannelBuilder(contact.token().server().toString(), credentials).build());
  }

  private static TlsIdentity identity(
      TrustDomain trustDomain, AttestResult attested, KeyPair keys) {
    try {
      var svid =
          X509Svid.of(
              Certificates.parseChain(attested.getSvid().getX509Svid().toByteArray()), keys);
      var bundle = X509Bundle.parse(trustDomain, attested.getSvid().getBundle().toByteArray());
      return new Fixed(svid, bundle);
    } catch (SvidException e) {
      throw new AssertionError("the node's SVID: " + e.getMessage(), e);
    }
  }

  private record Fixed(X509Svid svid, X509Bundle bundle) implements TlsIdentity {}

  /// Its id.
  public String id() {
    return id;
  }

  /// This start of it.
  public ByteString startId() {
    return startId;
  }

  /// Its calls, with a deadline.
  public NodeGrpc.NodeBlockingStub calls() {
    return NodeGrpc.newBlockingStub(channel).withDeadlineAfter(SOON.toSeconds(), TimeUnit.SECONDS);
  }

  /// Opens its stream, settles everything hosted as running, and has the registry when this
  /// returns.
  public SyncSession sync() throws InterruptedException {
    var session = new SyncSession();
    session.begin(NodeGrpc.newStub(channel).withWaitForReady().sync(session));
    var open =
        Open.newBuilder().setVersion(1).setStartId(startId).setHostName("lying").setSoftware("e2e");
    session.send(SyncRequest.newBuilder().setOpen(open));
    session.settle();
    return session;
  }

  /// Opens its stream as that start of it, and says nothing more.
  public SyncSession open(ByteString start) {
    var session = new SyncSession();
    session.begin(NodeGrpc.newStub(channel).withWaitForReady().sync(session));
    session.send(
        SyncRequest.newBuilder()
            .setOpen(
                Open.newBuilder()
                    .setVersion(1)
                    .setStartId(start)
                    .setHostName("lying")
                    .setSoftware("e2e")));
    return session;
  }

  /// A request for an execution as a true node would send it.
  public OpenExecutionRequest.Builder request(
      Registration registration, AttestationRecord attestation, ByteString csr) {
    return OpenExecutionRequest.newBuilder()
        .setRequestId(RequestIds.next())
        .setStartId(startId)
        .setRegistrationId(registration.getRegistrationId())
        .setRegistrationRevision(registration.getRevision())
        .setAttestation(attestation)
        .setCsr(csr);
  }

  /// Opens an execution.
  public IssuedSvid open(Registration registration, AttestationRecord attestation, ByteString csr) {
    return calls().openExecution(request(registration, attestation, csr).build());
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
