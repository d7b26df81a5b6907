package dev.credence.bench;

import com.google.protobuf.ByteString;
import dev.credence.proto.node.v1.BundleAcknowledged;
import dev.credence.proto.node.v1.BundleUpdate;
import dev.credence.proto.node.v1.IssuedSvid;
import dev.credence.proto.node.v1.Lease;
import dev.credence.proto.node.v1.NodeGrpc;
import dev.credence.proto.node.v1.Open;
import dev.credence.proto.node.v1.OpenExecutionRequest;
import dev.credence.proto.node.v1.Registration;
import dev.credence.proto.node.v1.RegistryUpdate;
import dev.credence.proto.node.v1.RenewExecutionRequest;
import dev.credence.proto.node.v1.Settled;
import dev.credence.proto.node.v1.SyncRequest;
import dev.credence.proto.node.v1.SyncResponse;
import dev.credence.proto.node.v1.Welcome;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// A node as the server sees one: it holds a stream open, acknowledges bundles, keeps its lease,
/// and asks for certificates of processes that do not exist. Thread-safe.
final class SimulatedNode implements StreamObserver<SyncResponse>, AutoCloseable {

  // What a node does whom the server tells nothing else.
  private static final Duration LEASE_EVERY = Duration.ofSeconds(30);

  private final NodeContact contact;
  private final NodeContact.Joined joined;
  private final SimulatedNodes all;
  private final ByteString startId;
  private final StreamObserver<SyncRequest> requests;
  private final Map<String, Registration> registrations = new ConcurrentHashMap<>();
  private final Map<String, String> executions = new ConcurrentHashMap<>();

  private SimulatedNode(NodeContact contact, NodeContact.Joined joined, SimulatedNodes all) {
    this.contact = contact;
    this.joined = joined;
    this.all = all;
    this.startId = contact.id();
    this.requests = NodeGrpc.newStub(joined.channel()).withWaitForReady().sync(this);
  }

  static SimulatedNode open(NodeContact contact, NodeContact.Joined joined, SimulatedNodes all) {
    var node = new SimulatedNode(contact, joined, all);
    node.send(
        SyncRequest.newBuilder()
            .setOpen(
                Open.newBuilder()
                    .setVersion(1)
                    .setStartId(node.startId)
                    .setHostName("simulated")
                    .setSoftware("bench")));
    return node;
  }

  int registrations() {
    return registrations.size();
  }

  /// Opens an execution for a process of a registration that has come. Blocks for one round trip.
  void issue(Registration registration, int pid) {
    var issued =
        calls()
            .openExecution(
                OpenExecutionRequest.newBuilder()
                    .setRequestId(contact.id())
                    .setStartId(startId)
                    .setRegistrationId(registration.getRegistrationId())
                    .setRegistrationRevision(registration.getRevision())
                    .setAttestation(new SimulatedProcess(pid).attestation())
                    .setCsr(contact.request())
                    .build());
    keep(registration.getRegistrationId(), issued);
  }

  /// Opens an execution for each registration. Blocks.
  void issueAll() {
    int pid = 100;
    for (var registration : registrations.values()) {
      if (registration.getWithheld().isEmpty()) {
        issue(registration, pid++);
      }
    }
  }

  /// Renews every execution, each at a time within `within`.
  void renewAll(long withinMillis, Runnable afterEach) {
    int pid = 100;
    for (var registration : registrations.values()) {
      var execution = executions.get(registration.getRegistrationId());
      int process = pid++;
      if (execution != null) {
        all.later(
            withinMillis,
            () -> {
              renew(registration, execution, process);
              afterEach.run();
            });
      }
    }
  }

  private void renew(Registration registration, String execution, int pid) {
    var issued =
        calls()
            .renewExecution(
                RenewExecutionRequest.newBuilder()
                    .setRequestId(contact.id())
                    .setStartId(startId)
                    .setExecutionId(execution)
                    .setAttestation(new SimulatedProcess(pid).attestation())
                    .setCsr(contact.request())
                    .build());
    keep(registration.getRegistrationId(), issued);
  }

  private void keep(String registration, IssuedSvid issued) {
    if (issued.getX509Svid().isEmpty()) {
      throw new IllegalStateException("nothing was issued");
    }
    executions.put(registration, issued.getExecutionId());
  }

  private NodeGrpc.NodeBlockingStub calls() {
    return NodeGrpc.newBlockingStub(joined.channel()).withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  /// The node is there.
  void keepLease() {
    send(SyncRequest.newBuilder().setLease(Lease.getDefaultInstance()));
  }

  private synchronized void send(SyncRequest.Builder message) {
    requests.onNext(message.build());
  }

  @Override
  public void onNext(SyncResponse message) {
    switch (message.getMessageCase()) {
      case WELCOME -> settle(message.getWelcome());
      case REGISTRY -> keep(message.getRegistry());
      case BUNDLE -> acknowledge(message.getBundle());
      default -> {}
    }
  }

  private void settle(Welcome welcome) {
    var running = Settled.newBuilder();
    welcome
        .getHostedList()
        .forEach(hosted -> running.addRunningExecutionIds(hosted.getExecutionId()));
    send(SyncRequest.newBuilder().setSettled(running));
    all.keepLease(
        this,
        welcome.hasRenewLeaseEvery()
            ? Duration.ofSeconds(welcome.getRenewLeaseEvery().getSeconds())
            : LEASE_EVERY);
  }

  private void keep(RegistryUpdate update) {
    if (update.getFull()) {
      registrations.clear();
    }
    update.getRemovedRegistrationIdsList().forEach(registrations::remove);
    for (var registration : update.getRegistrationsList()) {
      registrations.put(registration.getRegistrationId(), registration);
      all.arrived(this, registration);
    }
    all.registryOf(this);
  }

  private void acknowledge(BundleUpdate bundle) {
    send(
        SyncRequest.newBuilder()
            .setBundleAcknowledged(
                BundleAcknowledged.newBuilder().setSequence(bundle.getSequence())));
    if (!bundle.getTaintedX509Authorities().isEmpty()) {
      long within = bundle.getRenewWithin().getSeconds() * 1_000;
      all.tainted(this, within);
    }
  }

  @Override
  public void onError(Throwable error) {
    all.broken(error);
  }

  @Override
  public void onCompleted() {
    all.broken(new IllegalStateException("the server ended the stream"));
  }

  @Override
  public void close() {
    joined.channel().shutdownNow();
  }
}
