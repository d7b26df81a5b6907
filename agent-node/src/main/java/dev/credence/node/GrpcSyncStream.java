package dev.credence.node;

import com.google.protobuf.ByteString;
import dev.credence.certs.Id;
import dev.credence.certs.JwtBundle;
import dev.credence.certs.JwtException;
import dev.credence.certs.Printable;
import dev.credence.certs.SvidException;
import dev.credence.certs.TrustDomain;
import dev.credence.certs.X509Bundle;
import dev.credence.proto.node.v1.BundleAcknowledged;
import dev.credence.proto.node.v1.BundleUpdate;
import dev.credence.proto.node.v1.Lease;
import dev.credence.proto.node.v1.NodeBar;
import dev.credence.proto.node.v1.NodeGrpc;
import dev.credence.proto.node.v1.Open;
import dev.credence.proto.node.v1.Refusals;
import dev.credence.proto.node.v1.Settled;
import dev.credence.proto.node.v1.SyncRequest;
import dev.credence.proto.node.v1.SyncResponse;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The sync stream on gRPC: turns messages into calls of the listener, and tells the end once.
final class GrpcSyncStream
    implements SyncStream, ClientResponseObserver<SyncRequest, SyncResponse> {
  private static final int VERSION = 1;

  private final SyncListener listener;
  private final TrustDomain trustDomain;

  // Guarded by this object.
  private @Nullable ClientCallStreamObserver<SyncRequest> out;
  private boolean closed;

  GrpcSyncStream(SyncListener listener, TrustDomain trustDomain) {
    this.listener = listener;
    this.trustDomain = trustDomain;
  }

  void open(NodeGrpc.NodeStub stub, SyncOpening opening, ByteString startId) {
    var open =
        Open.newBuilder()
            .setVersion(VERSION)
            .setStartId(startId)
            .setHostName(opening.hostName())
            .setSoftware(opening.software());
    opening
        .cursor()
        .ifPresent(cursor ->
            open.setCursor(
                dev.credence.proto.node.v1.Cursor.newBuilder()
                    .setEpoch(ByteString.copyFrom(cursor.epochBytes()))
                    .setNumber(cursor.number())));
    var _ = stub.sync(this);
    send(SyncRequest.newBuilder().setOpen(open).build());
  }

  @Override
  public synchronized void beforeStart(ClientCallStreamObserver<SyncRequest> requests) {
    out = requests;
  }

  @Override
  public void settled(Collection<Id> running) {
    var settled = Settled.newBuilder();
    running.forEach(id -> settled.addRunningExecutionIds(id.toString()));
    send(SyncRequest.newBuilder().setSettled(settled).build());
  }

  @Override
  public boolean refusals(List<Refusal> refusals) {
    var message = Refusals.newBuilder();
    refusals.forEach(refusal -> message.addRefusals(Wire.refusal(refusal)));
    return send(SyncRequest.newBuilder().setRefusals(message).build());
  }

  @Override
  public void bundleAcknowledged(long sequence) {
    var acknowledged = BundleAcknowledged.newBuilder().setSequence(sequence);
    boolean _ = send(SyncRequest.newBuilder().setBundleAcknowledged(acknowledged).build());
  }

  @Override
  public boolean renewLease() {
    return send(SyncRequest.newBuilder().setLease(Lease.getDefaultInstance()).build());
  }

  private synchronized boolean send(SyncRequest request) {
    if (closed || out == null) {
      return false;
    }
    out.onNext(request);
    return true;
  }

  @Override
  public void close() {
    if (markClosed()) {
      cancel("closed by the node");
    }
  }

  private synchronized boolean markClosed() {
    boolean first = !closed;
    closed = true;
    return first;
  }

  private void cancel(String why) {
    ClientCallStreamObserver<SyncRequest> requests;
    synchronized (this) {
      requests = out;
    }
    if (requests != null) {
      requests.cancel(why, null);
    }
  }

  @Override
  public void onNext(SyncResponse response) {
    synchronized (this) {
      if (closed) {
        return;
      }
    }
    try {
      tell(response);
    } catch (IllegalArgumentException | SvidException | JwtException e) {
      fail("the server sent what this node cannot read: " + e.getMessage());
    }
  }

  private void tell(SyncResponse response) throws SvidException, JwtException {
    switch (response.getMessageCase()) {
      case WELCOME -> {
        listener.bars(bars(response.getWelcome().getBarsList()));
        if (response.getWelcome().hasRenewLeaseEvery()) {
          listener.renewLeaseEvery(Wire.duration(response.getWelcome().getRenewLeaseEvery()));
        }
        listener.welcome(
            this, response.getWelcome().getHostedList().stream().map(Wire::hosted).toList());
      }
      case BARS -> listener.bars(bars(response.getBars().getBarsList()));
      case REGISTRY -> listener.registry(Wire.change(response.getRegistry()));
      case BUNDLE -> bundles(response.getBundle());
      case ENDED ->
          response
              .getEnded()
              .getExecutionsList()
              .forEach(
                  ended -> listener.ended(Id.parse(ended.getExecutionId()), ended.getReason()));
      // A newer server may tell more; it only informs.
      case MESSAGE_NOT_SET -> {}
    }
  }

  /// Both are read before either is told.
  private void bundles(BundleUpdate update) throws SvidException, JwtException {
    BundleNews bundle = bundle(update);
    // A server from before JWT-SVIDs says nothing: it signs none.
    JwtBundle jwt =
        update.getJwtBundle().isEmpty()
            ? JwtBundle.empty(trustDomain)
            : JwtBundle.parse(trustDomain, update.getJwtBundle().toByteArray());
    listener.jwtBundle(jwt, List.copyOf(update.getTaintedJwtKeyIdsList()));
    listener.bundle(bundle);
  }

  private static List<Bar> bars(List<NodeBar> bars) {
    return bars.stream()
        .map(bar -> new Bar(Id.parse(bar.getSubjectId()), Id.parse(bar.getExecutionId())))
        .toList();
  }

  private BundleNews bundle(BundleUpdate update) throws SvidException {
    if (!update.getTrustDomain().equals(trustDomain.name())) {
      throw new IllegalArgumentException(
          Text.of(
              "bundle of trust domain %s (expected: %s)",
              Printable.quoted(update.getTrustDomain()), trustDomain));
    }
    return new BundleNews(
        update.getSequence(),
        X509Bundle.parse(trustDomain, update.getX509Bundle().toByteArray()),
        X509Bundle.parse(trustDomain, update.getTaintedX509Authorities().toByteArray())
            .authorities(),
        Wire.duration(update.getRenewWithin()));
  }

  @Override
  public void onError(Throwable error) {
    if (!markClosed()) {
      return;
    }
    Status status = Status.fromThrowable(error);
    if (status.getCode() == Status.Code.ABORTED) {
      listener.replaced(GrpcServerPort.text(status));
    } else if (status.getCode() == Status.Code.PERMISSION_DENIED) {
      listener.shutOut(GrpcServerPort.text(status));
    } else {
      listener.closed(GrpcServerPort.text(status));
    }
  }

  @Override
  public void onCompleted() {
    if (markClosed()) {
      listener.closed("ended by the server");
    }
  }

  private void fail(String why) {
    if (markClosed()) {
      cancel(why);
      listener.closed(why);
    }
  }
}
