package dev.credence.cli.local;

import com.google.protobuf.Duration;
import dev.credence.certs.TrustDomain;
import dev.credence.cli.client.CommandFailure;
import dev.credence.cli.client.Daemon;
import dev.credence.cli.client.DaemonConnection;
import dev.credence.cli.print.Text;
import dev.credence.platform.config.PrivateFiles;
import dev.credence.proto.admin.v1.CreateJoinTokenRequest;
import dev.credence.proto.admin.v1.NodesGrpc;
import dev.credence.proto.local.v1.ExplainRequest;
import dev.credence.proto.local.v1.LocalGrpc;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// A server and a node in one folder, on sockets and a port of their own. Start at [#start()]; both
/// are gone after [#stop()].
public final class LocalPlane implements AutoCloseable {

  private static final int TOKEN_SECONDS = 600;

  private final DevFolder folder;
  private final TrustDomain trustDomain;
  private final Installation installation;
  private final Deque<DaemonProcess> running = new ArrayDeque<>();
  private boolean closed;

  /// Nothing is started yet.
  public LocalPlane(DevFolder folder, TrustDomain trustDomain, Installation installation) {
    this.folder = folder;
    this.trustDomain = trustDomain;
    this.installation = installation;
  }

  /// Starts both; returns when the Workload API answers.
  ///
  /// @throws CommandFailure if one of them does not come up; what was started is then still to be
  ///   closed
  public void start() {
    var files = new DaemonFiles(folder);
    files.writeServer(trustDomain);
    var listen = run("server").awaitReady().getOrDefault("listen", "");
    if (listen.isEmpty()) {
      throw CommandFailure.failed("the server did not say where it listens");
    }
    prepareNode(files);
    files.writeNode(trustDomain, listen);
    run("node").awaitReady();
    probe();
    files.writeEnvironment();
  }

  /// The administration socket of the server.
  public Path adminSocket() {
    return folder.sockets().admin();
  }

  /// The Workload API socket of the node.
  public Path workloadSocket() {
    return folder.sockets().api();
  }

  /// Waits until one of the two has ended, and says which and why.
  public CommandFailure awaitEnd() {
    CompletableFuture<?>[] ends;
    synchronized (this) {
      ends = running.stream().map(DaemonProcess::ended).toArray(CompletableFuture<?>[]::new);
    }
    try {
      return (CommandFailure) CompletableFuture.anyOf(ends).get();
    } catch (ExecutionException e) {
      return CommandFailure.failed("cannot watch server and node: " + e.getCause());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return CommandFailure.failed("interrupted");
    }
  }

  /// Process ids of what was started, for a check that nothing is left.
  public synchronized java.util.List<Long> pids() {
    return running.stream().map(DaemonProcess::pid).toList();
  }

  /// Stops the node, then the server. Returns when they are gone.
  public synchronized void stop() {
    closed = true;
    while (!running.isEmpty()) {
      running.pop().close();
    }
  }

  @Override
  public void close() {
    stop();
  }

  private DaemonProcess run(String name) {
    synchronized (this) {
      if (closed) {
        throw CommandFailure.failed("stopped while starting");
      }
      var daemon =
          DaemonProcess.start(
              name, installation, folder.file(name + ".yaml"), folder.file(name + ".log"));
      running.push(daemon);
      return daemon;
    }
  }

  private void prepareNode(DaemonFiles files) {
    if (files.nodeHasIdentity(Clock.systemUTC().instant())) {
      return;
    }
    try (var server = DaemonConnection.open(Daemon.SERVER, adminSocket())) {
      var request =
          CreateJoinTokenRequest.newBuilder()
              .setTtl(Duration.newBuilder().setSeconds(TOKEN_SECONDS));
      var created =
          server.change(
              NodesGrpc::newBlockingStub,
              (stub, id) -> stub.createJoinToken(request.setRequestId(id).build()));
      PrivateFiles.createFolder(files.nodeData());
      PrivateFiles.writeAtomically(
          files.joinToken(), created.getToken().getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw CommandFailure.failed(
          Text.of("%s: cannot be written: %s", files.joinToken(), e.getMessage()));
    }
  }

  /// Asks the node about this very process: an answer shows that its socket serves.
  private void probe() {
    if (!Files.exists(workloadSocket())) {
      throw CommandFailure.failed(
          "the node is ready, but there is no socket at " + workloadSocket());
    }
    try (var node = DaemonConnection.open(Daemon.NODE, workloadSocket())) {
      node.ask(
          LocalGrpc::newBlockingStub, stub -> stub.explain(ExplainRequest.getDefaultInstance()));
    }
  }
}
