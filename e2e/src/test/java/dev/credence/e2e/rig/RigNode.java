package dev.credence.e2e.rig;

import dev.credence.e2e.client.Keys;
import dev.credence.node.CredenceNode;
import dev.credence.node.KernelNews;
import dev.credence.node.NodeConfig;
import dev.credence.node.PointListener;
import dev.credence.node.Seams;
import dev.credence.node.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One node of a rig, which can be stopped and started. Used by one thread.
public final class RigNode implements AutoCloseable {

  private static final long READY_SECONDS = 60;

  private final NodeConfig config;
  private final TestClock clock;
  private final PointListener points;
  private final KernelNews news;
  private @Nullable CredenceNode running;

  RigNode(Path folder, TestClock clock, String token) throws IOException {
    this(folder, clock, token, PointListener.none());
  }

  RigNode(Path folder, TestClock clock, String token, PointListener points) throws IOException {
    this.clock = clock;
    this.points = points;
    this.news = KernelNews.connector();
    Files.createDirectories(folder);
    var file = Files.writeString(folder.resolve("token"), token);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    this.config = NodeConfig.of(folder.resolve("data"), folder.resolve("api.sock"), file);
  }

  RigNode(NodeConfig config, TestClock clock) {
    this(config, clock, KernelNews.connector());
  }

  RigNode(NodeConfig config, TestClock clock, KernelNews news) {
    this.clock = clock;
    this.news = news;
    this.points = PointListener.none();
    this.config = config;
  }

  /// Forgets everything that it kept, as a machine that was set up anew. It must be stopped.
  public void loseData() throws IOException {
    try (var files = Files.walk(config.dataDir())) {
      for (var file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /// Puts a new token where it looks for one.
  public void bring(String token) throws IOException {
    var next = config.dataDir().resolveSibling("token.next");
    Files.writeString(next, token);
    Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rw-------"));
    Files.move(
        next,
        config.server().joinTokenFile().orElseThrow(),
        java.nio.file.StandardCopyOption.ATOMIC_MOVE);
  }

  /// Where its Workload API answers.
  public Path socket() {
    return config.socket().path();
  }

  /// Its Workload API on TCP, as SPIFFE_ENDPOINT_SOCKET has it. It must be running and serve that.
  public String tcp() {
    var address = Objects.requireNonNull(running, "started").tcp().orElseThrow();
    return "tcp://" + address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  /// Starts it; returns when it has its SVID and is in step with the server.
  public void start() throws Exception {
    startUnsynchronised();
    Objects.requireNonNull(running, "just started").ready().get(READY_SECONDS, TimeUnit.SECONDS);
  }

  /// Completes when it has its SVID and is in step.
  public CompletableFuture<Void> ready() {
    return Objects.requireNonNull(running, "started").ready();
  }

  /// Starts it; returns when its socket answers, whatever it says.
  public void startUnsynchronised() throws StartException {
    running =
        CredenceNode.start(
            config, new Seams(clock, clock, new SecureRandom(), Keys.CRYPTO, points, news));
  }

  /// Stops it in order.
  public void stop() {
    if (running != null) {
      running.close();
      running = null;
    }
  }

  @Override
  public void close() {
    stop();
  }
}
