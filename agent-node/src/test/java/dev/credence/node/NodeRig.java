package dev.credence.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.attestors.join.JoinToken;
import dev.credence.attestors.join.ServerAddress;
import dev.credence.certs.Certificates;
import dev.credence.certs.SvidException;
import dev.credence.platform.config.PrivateFiles;
import dev.credence.platform.crypto.CryptoProviders;
import dev.credence.proto.local.v1.LocalGrpc;
import dev.credence.proto.workload.SpiffeWorkloadAPIGrpc;
import dev.credence.proto.workload.X509BundlesRequest;
import dev.credence.proto.workload.X509BundlesResponse;
import dev.credence.proto.workload.X509SVID;
import dev.credence.proto.workload.X509SVIDRequest;
import dev.credence.proto.workload.X509SVIDResponse;
import dev.credence.transport.UnixSocketChannels;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.NullUnmarked;

/// A node on a temporary socket with a fake server, and time that tests command.
@NullUnmarked
final class NodeRig implements AutoCloseable {
  static final String OWN_UID = "unix:uid:" + ownUid();

  final ManualTime time = new ManualTime(Instant.now().truncatedTo(ChronoUnit.SECONDS));
  final FakeServer server = new FakeServer(time);
  final Path folder;
  private final List<ManagedChannel> channels = new ArrayList<>();
  private JoinToken token = server.token;
  private List<ServerAddress> further = List.of();
  private Limits limits = Limits.usual();
  private Optional<InetSocketAddress> tcp = Optional.empty();
  private AttachConfig attach = AttachConfig.none();
  private CredenceNode node;

  NodeRig() {
    try {
      folder = Files.createTempDirectory("node");
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Object ownUid() {
    try {
      return Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The token names these servers, too.
  NodeRig further(ServerAddress... others) {
    further = List.of(others);
    return this;
  }

  /// On TCP as well.
  NodeRig onTcp() {
    return onTcp(0);
  }

  NodeRig onTcp(int port) {
    tcp = Optional.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    return this;
  }

  NodeRig limits(Limits other) {
    limits = other;
    return this;
  }

  /// It asks these about processes.
  NodeRig asking(AttachConfig others) {
    attach = others;
    return this;
  }

  /// A node that has joined and synchronised.
  static NodeRig ready() {
    return new NodeRig().startAndWait();
  }

  NodeRig startAndWait() {
    start();
    node.ready().orTimeout(60, TimeUnit.SECONDS).join();
    return this;
  }

  NodeRig start() {
    try {
      node = CredenceNode.start(config(), seams(), server);
      return this;
    } catch (StartException e) {
      throw new IllegalStateException(e);
    }
  }

  /// As it is when the token was used up and nobody brought another one.
  NodeRig startWithoutToken() {
    try {
      var usual = NodeConfig.of(folder.resolve("data"), socket(), folder.resolve("no-token"));
      node = CredenceNode.start(usual, seams(), server);
      return this;
    } catch (StartException e) {
      throw new IllegalStateException(e);
    }
  }

  CredenceNode node() {
    return node;
  }

  NodeConfig config() {
    var usual = NodeConfig.of(folder.resolve("data"), socket(), tokenFile());
    return new NodeConfig(
            usual.server(),
            usual.dataDir(),
            new NodeConfig.Socket(usual.socket().path(), usual.socket().mode(), tcp),
            usual.recheckInterval(),
            usual.log(),
            limits,
            usual.metrics())
        .with(attach);
  }

  Seams seams() {
    return new Seams(time, time, new SecureRandom(), CryptoProviders.fastest());
  }

  Path socket() {
    return folder.resolve("api.sock");
  }

  /// An administrator makes another one, for the next start.
  NodeRig newToken() {
    token = server.tokenFor(server.token.server());
    return this;
  }

  Path tokenFile() {
    Path file = folder.resolve("token");
    try {
      if (!Files.exists(file)) {
        PrivateFiles.writeAtomically(file, token.with(further).reveal().getBytes(UTF_8));
      }
      return file;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  void restart() {
    node.close();
    startAndWait();
  }

  // --- callers ---

  ManagedChannel connect() {
    ManagedChannel channel = UnixSocketChannels.open(socket());
    channels.add(channel);
    return channel;
  }

  /// Without TLS, as SPIFFE wants it.
  ManagedChannel connectOnTcp() {
    InetSocketAddress address = node.tcp().orElseThrow();
    ManagedChannel channel = NettyChannelBuilder.forAddress(address).usePlaintext().build();
    channels.add(channel);
    return channel;
  }

  SpiffeWorkloadAPIGrpc.SpiffeWorkloadAPIStub workload() {
    return workload(connect());
  }

  static SpiffeWorkloadAPIGrpc.SpiffeWorkloadAPIStub workload(ManagedChannel channel) {
    return SpiffeWorkloadAPIGrpc.newStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(header("true")));
  }

  static Metadata header(String... values) {
    var headers = new Metadata();
    for (String value : values) {
      headers.put(HeaderCheck.HEADER, value);
    }
    return headers;
  }

  StreamProbe<X509SVIDRequest, X509SVIDResponse> fetch() {
    return fetch(workload());
  }

  static StreamProbe<X509SVIDRequest, X509SVIDResponse> fetch(
      SpiffeWorkloadAPIGrpc.SpiffeWorkloadAPIStub stub) {
    StreamProbe<X509SVIDRequest, X509SVIDResponse> probe = StreamProbe.greedy();
    stub.fetchX509SVID(X509SVIDRequest.getDefaultInstance(), probe);
    return probe;
  }

  StreamProbe<X509BundlesRequest, X509BundlesResponse> fetchBundles() {
    StreamProbe<X509BundlesRequest, X509BundlesResponse> probe = StreamProbe.greedy();
    workload().fetchX509Bundles(X509BundlesRequest.getDefaultInstance(), probe);
    return probe;
  }

  LocalGrpc.LocalBlockingStub local() {
    return LocalGrpc.newBlockingStub(connect());
  }

  static X509Certificate leaf(X509SVID svid) {
    try {
      return Certificates.parseChain(svid.getX509Svid().toByteArray()).getFirst();
    } catch (SvidException e) {
      throw new AssertionError(e);
    }
  }

  static String serial(X509SVIDResponse response) {
    return Certificates.serialHex(leaf(response.getSvids(0)));
  }

  // --- waiting ---

  static <T> T take(BlockingQueue<T> queue) {
    try {
      T taken = queue.poll(StreamProbe.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      assertThat(taken).as("what was expected to come").isNotNull();
      return taken;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Until something is so that gives no sign.
  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + StreamProbe.PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
      LockSupport.parkNanos(100_000);
    }
  }

  /// Until something is so that comes with time. Time moves no faster than the node can follow on a
  /// slow machine: what is valid for minutes is not over before the node had its turn.
  void awaitAsTimePasses(String what, Duration step, BooleanSupplier condition) {
    await(
        what,
        () -> {
          time.advance(step);
          long next = System.nanoTime() + 10_000_000L;
          while (!condition.getAsBoolean()) {
            if (System.nanoTime() - next > 0) {
              return false;
            }
            LockSupport.parkNanos(100_000);
          }
          return true;
        });
  }

  /// Moves time in small steps, so that what follows from one timer can set the next one.
  void advance(Duration by, Duration step) {
    for (Duration done = Duration.ZERO; done.compareTo(by) < 0; done = done.plus(step)) {
      time.advance(step);
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
    if (node != null) {
      node.close();
    }
    server.close();
  }
}
