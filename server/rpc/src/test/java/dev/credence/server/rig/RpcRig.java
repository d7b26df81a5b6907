package dev.credence.server.rig;

import dev.credence.attestors.join.ServerAddress;
import dev.credence.certs.Identity;
import dev.credence.certs.SvidVerifier;
import dev.credence.certs.X509Bundle;
import dev.credence.certs.X509Svid;
import dev.credence.certs.issue.Authority;
import dev.credence.server.core.CoreMetrics;
import dev.credence.server.core.CoreSeams;
import dev.credence.server.core.CoreSettings;
import dev.credence.server.core.ServerCore;
import dev.credence.server.core.Ticker;
import dev.credence.server.core.model.ProcessSeen;
import dev.credence.server.core.port.Store;
import dev.credence.server.rpc.AdminAccess;
import dev.credence.server.rpc.RpcServices;
import dev.credence.server.store.SqliteStore;
import dev.credence.server.store.StoreSettings;
import dev.credence.transport.CallerSvid;
import dev.credence.transport.ClientAuthentication;
import dev.credence.transport.MutualTls;
import dev.credence.transport.ServerLimits;
import dev.credence.transport.TlsIdentity;
import dev.credence.transport.UnixSocketChannels;
import dev.credence.transport.UnixSocketServer;
import io.grpc.BindableService;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/// A whole server on real sockets and a real database, in this process: TLS port, the
/// administrator's socket, and a second socket for a server that lists somebody else.
public final class RpcRig implements AutoCloseable {
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final Clock clock = Clock.systemUTC();
  private final SvidVerifier verifier = new SvidVerifier(TestSvids.CRYPTO);
  public final AtomicInteger pushed = new AtomicInteger();
  public final ServerCore core;
  public final TestSvids svids;
  private final Server tls;
  private final Path folder;
  private volatile Predicate<ProcessSeen.Instance> attested = _ -> false;

  public RpcRig(Path folder) throws Exception {
    this.folder = folder;
    Store store =
        later(
            SqliteStore.open(
                folder.resolve("test.db"),
                StoreSettings.defaults(e -> {
                  throw new AssertionError(e);
                })));
    Authority authority =
        later(
            Authority.selfSigned(
                TestSvids.DOMAIN,
                TestSvids.CRYPTO,
                clock.instant().minus(Duration.ofDays(1)),
                Duration.ofDays(30),
                TestSvids.RANDOM));
    core =
        later(
            ServerCore.open(
                store,
                authority,
                CoreSettings.standard(
                    TestSvids.DOMAIN, true, () -> new ServerAddress("127.0.0.1", port())),
                new CoreSeams(
                    clock,
                    TestSvids.RANDOM,
                    TestSvids.CRYPTO,
                    Ticker.onDaemonThread("test-ticker"),
                    CoreMetrics.none())));
    svids = new TestSvids(authority, clock);
    var callers = new CallerSvid(self(), verifier, clock);
    tls = listen(services(callers, Set.copyOf(List.of(0, own()))), callers);
    socket("admin.sock", services(callers, Set.copyOf(List.of(0, own()))));
    socket("other.sock", services(callers, Set.of(54_321)));
  }

  private static int own() throws Exception {
    return (Integer) java.nio.file.Files.getAttribute(Path.of("/proc/self"), "unix:uid");
  }

  private RpcServices services(CallerSvid callers, Set<Integer> uids) {
    List<BindableService> standard =
        List.of(
            new HealthStatusManager().getHealthService(), ProtoReflectionServiceV1.newInstance());
    return later(
        RpcServices.of(
            new RpcServices.Parts(
                core,
                callers,
                new AdminAccess(uids, process -> attested.test(process)),
                uid -> Optional.of("user" + uid),
                "test",
                pushed::incrementAndGet),
            standard));
  }

  private Server listen(RpcServices services, CallerSvid callers) throws Exception {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            MutualTls.server(self(), verifier, clock, ClientAuthentication.OPTIONAL));
    ServerLimits.network(Duration.ofHours(1)).applyTo(builder).addTransportFilter(callers);
    services.addTo(builder);
    Server server = builder.build().start();
    open.push(server::shutdownNow);
    return server;
  }

  private void socket(String name, RpcServices services) throws Exception {
    UnixSocketServer listener =
        later(UnixSocketServer.claim(UnixSocketServer.Settings.ownerOnly(folder.resolve(name))));
    services.addTo(listener.builder());
    Server server = listener.start();
    open.push(server::shutdownNow);
  }

  private TlsIdentity self() {
    return new TlsIdentity() {
      @Override
      public X509Svid svid() {
        return core.identity().svid();
      }

      @Override
      public X509Bundle bundle() {
        return core.trust().bundle().bundle();
      }
    };
  }

  private int port() {
    return tls.getPort();
  }

  /// From now on these processes count as attested.
  public void attested(Predicate<ProcessSeen.Instance> which) {
    attested = which;
  }

  public ManagedChannel administrator() {
    return channel(UnixSocketChannels.open(folder.resolve("admin.sock")));
  }

  /// To a server that lists another uid.
  public ManagedChannel notAdministrator() {
    return channel(UnixSocketChannels.open(folder.resolve("other.sock")));
  }

  public ManagedChannel anonymous() {
    return tls(
        MutualTls.firstContact(
            Set.copyOf(core.trust().pins()),
            new Identity.Server().in(TestSvids.DOMAIN),
            verifier,
            clock));
  }

  public ManagedChannel with(TlsIdentity identity) {
    return tls(
        MutualTls.client(identity, verifier, clock, new Identity.Server().in(TestSvids.DOMAIN)));
  }

  private ManagedChannel tls(ChannelCredentials credentials) {
    return channel(Grpc.newChannelBuilder("127.0.0.1:" + port(), credentials).build());
  }

  private ManagedChannel channel(ManagedChannel channel) {
    open.push(() -> channel.shutdownNow().awaitTermination(60, TimeUnit.SECONDS));
    return channel;
  }

  private <T extends AutoCloseable> T later(T thing) {
    open.push(thing);
    return thing;
  }

  @Override
  public void close() {
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
  }
}
