package dev.credence.node;

import dev.credence.certs.SvidVerifier;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/// A running node, as [NodeAssembly] put it together; a start that fails undoes what it did.
/// Thread-safe.
public final class CredenceNode implements AutoCloseable {
  private final Lifecycle parts;
  private final Places places;
  private final CompletableFuture<Void> ready;
  private final NodeMetrics metrics;

  /// Where the Workload API answers.
  record Places(Path socket, Optional<InetSocketAddress> tcp) {}

  CredenceNode(Lifecycle parts, Places places, CompletableFuture<Void> ready, NodeMetrics metrics) {
    this.parts = parts;
    this.places = places;
    this.ready = ready;
    this.metrics = metrics;
  }

  /// Starts a node: its socket answers when this returns, at first with UNAVAILABLE. Joining and
  /// synchronising go on in the background; see {@link #ready}.
  ///
  /// @throws StartException with a line for people
  public static CredenceNode start(NodeConfig config, Seams seams) throws StartException {
    Executor executor = virtualThreads();
    var verifier = new SvidVerifier(seams.crypto());
    return start(config, seams, new TlsDialer(verifier, seams.clock(), executor));
  }

  static CredenceNode start(NodeConfig config, Seams seams, Dialer dialer) throws StartException {
    var parts = new Lifecycle();
    try {
      return new NodeAssembly(config, seams, dialer, parts).start();
    } catch (StartException | IOException | RuntimeException e) {
      closeAfter(e, parts);
      throw e instanceof StartException known
          ? known
          : new StartException(String.valueOf(e.getMessage()), e);
    }
  }

  private static void closeAfter(Exception failure, Lifecycle parts) {
    try {
      parts.close();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  /// Threads cost nothing here; what is scarce is limited where it is used.
  static Executor virtualThreads() {
    return Thread.ofVirtual().name("node-", 0)::start;
  }

  /// Completes once the node has its SVID, has synchronised, and answers; completes with a
  /// StartException if it never will.
  public CompletableFuture<Void> ready() {
    return ready.copy();
  }

  /// Where the Workload API answers.
  public Path socket() {
    return places.socket();
  }

  /// Where it answers on TCP as well; empty: nowhere.
  public Optional<InetSocketAddress> tcp() {
    return places.tcp();
  }

  /// What is counted.
  PrometheusRegistry metrics() {
    return metrics.registry();
  }

  /// Ends all streams with UNAVAILABLE and stops. Executions go on: the next start takes them up.
  @Override
  public synchronized void close() {
    parts.close();
  }
}
