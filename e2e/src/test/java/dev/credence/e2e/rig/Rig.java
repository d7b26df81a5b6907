package dev.credence.e2e.rig;

import dev.credence.attestors.join.JoinToken;
import dev.credence.certs.Certificates;
import dev.credence.certs.TrustDomain;
import dev.credence.e2e.client.Admin;
import dev.credence.e2e.client.FirstContact;
import dev.credence.e2e.client.HostCertificates;
import dev.credence.e2e.client.Keys;
import dev.credence.e2e.client.RawNode;
import dev.credence.e2e.client.WorkloadApi;
import dev.credence.node.AttachConfig;
import dev.credence.node.KernelNews;
import dev.credence.node.NodeConfig;
import dev.credence.node.PointListener;
import dev.credence.proto.common.v1.SubjectKind;
import dev.credence.server.app.CredenceServer;
import dev.credence.server.app.Seams;
import dev.credence.server.app.ServerConfig;
import dev.credence.server.app.StartException;
import dev.credence.server.store.CommitListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A server and a node inside this process: the real programs, on temporary sockets and folders,
/// with a clock that the test commands. What they log is in the test's output. Closing stops
/// everything and removes the folder. Used by one thread, what it hands out by any.
public final class Rig implements AutoCloseable {

  private static final String TRUST_DOMAIN = "rig.example";

  private final Path folder;
  private final String trustDomain;
  private final TestClock clock;
  private final ServerConfig config;
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final Admin admin;
  private final WorkloadApi workload;
  private final RigNode node;
  private CredenceServer server;
  private int subjects;

  private Rig(Path folder, String trustDomain, TestClock clock, ServerConfig config)
      throws Exception {
    this.folder = folder;
    this.trustDomain = trustDomain;
    this.clock = clock;
    this.config = config;
    this.server = startServer();
    AdminDoor.open(folder.resolve("door.sock"), server.adminSocket());
    this.admin = Admin.at(folder.resolve("door.sock"));
    opened.push(admin);
    this.node = addNode();
    this.workload = WorkloadApi.at(node.socket());
    opened.push(workload);
  }

  /// A server in dev mode and one node that has joined and is in step. The clock stands at the real
  /// time.
  public static Rig start() throws Exception {
    return start(TRUST_DOMAIN);
  }

  /// The same, of another trust domain.
  public static Rig start(String trustDomain) throws Exception {
    return start(trustDomain, List.of());
  }

  /// The same, with further lines in the server's configuration.
  public static Rig startWith(List<String> configuration) throws Exception {
    return start(TRUST_DOMAIN, configuration);
  }

  private static Rig start(String trustDomain, List<String> configuration) throws Exception {
    var folder = Files.createTempDirectory("rig");
    var clock = new TestClock(Clock.systemUTC().instant().truncatedTo(ChronoUnit.SECONDS));
    return new Rig(
        folder, trustDomain, clock, ServerConfig.read(write(folder, trustDomain, configuration)));
  }

  /// The port is chosen once, so that the server comes back where nodes look for it.
  private static Path write(Path folder, String trustDomain, List<String> more) throws IOException {
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return Files.write(
          folder.resolve("server.yaml"),
          Stream.concat(
                  Stream.of(
                      "trust_domain: " + trustDomain,
                      "listen: 127.0.0.1:" + free.getLocalPort(),
                      "data_dir: " + folder.resolve("server"),
                      "admin:",
                      "  socket: " + folder.resolve("admin.sock"),
                      "metrics:",
                      "  listen: \"off\"",
                      "dev: true"),
                  more.stream())
              .toList());
    }
  }

  private CredenceServer startServer() throws StartException {
    var seams =
        new Seams(
            clock,
            Keys.CRYPTO,
            CommitListener.none(),
            failure -> {
              throw failure;
            });
    return CredenceServer.start(config, seams);
  }

  /// The time of everybody in the rig.
  public TestClock clock() {
    return clock;
  }

  /// The trust domain's name.
  public String trustDomain() {
    return trustDomain;
  }

  /// The administrator's socket; the caller is another process, which no agent is.
  public Admin admin() {
    return admin;
  }

  /// The administrator's socket itself: the caller is this process.
  public Path adminSocket() {
    return server.adminSocket();
  }

  /// The node's socket; the caller is this process.
  public WorkloadApi workload() {
    return workload;
  }

  /// The first node.
  public RigNode node() {
    return node;
  }

  /// A further node.
  public RigNode addNode() throws Exception {
    var added = new RigNode(folder.resolve("node-" + opened.size()), clock, admin.joinToken());
    opened.push(added);
    added.start();
    return added;
  }

  /// A further node, of which somebody is told where it is, and may hold it there.
  public RigNode addNode(PointListener points) throws Exception {
    var added =
        new RigNode(folder.resolve("node-" + opened.size()), clock, admin.joinToken(), points);
    opened.push(added);
    added.start();
    return added;
  }

  /// A further node, which hears of processes in another way, and looks at them this often.
  public RigNode addNode(KernelNews news, Duration recheckInterval) throws Exception {
    var place = Files.createDirectories(folder.resolve("node-" + opened.size()));
    var token = Files.writeString(place.resolve("token"), admin.joinToken());
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
    var usual = NodeConfig.of(place.resolve("data"), place.resolve("api.sock"), token);
    var added =
        new RigNode(
            new NodeConfig(
                usual.server(),
                usual.dataDir(),
                usual.socket(),
                recheckInterval,
                usual.log(),
                usual.limits(),
                usual.metrics()),
            clock,
            news);
    opened.push(added);
    added.start();
    return added;
  }

  /// A further node, which serves the Workload API on TCP as well.
  public RigNode addNodeOnTcp() throws Exception {
    var place = Files.createDirectories(folder.resolve("node-" + opened.size()));
    var token = Files.writeString(place.resolve("token"), admin.joinToken());
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
    var usual = NodeConfig.of(place.resolve("data"), place.resolve("api.sock"), token);
    var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    var added =
        new RigNode(
            new NodeConfig(
                usual.server(),
                usual.dataDir(),
                new NodeConfig.Socket(
                    usual.socket().path(), usual.socket().mode(), Optional.of(loopback)),
                usual.recheckInterval(),
                usual.log(),
                usual.limits(),
                usual.metrics()),
            clock);
    opened.push(added);
    added.start();
    return added;
  }

  /// A further node, which asks these about processes that somebody else starts.
  public RigNode addNode(AttachConfig attach) throws Exception {
    var place = Files.createDirectories(folder.resolve("node-" + opened.size()));
    var token = Files.writeString(place.resolve("token"), admin.joinToken());
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
    var added =
        new RigNode(
            NodeConfig.of(place.resolve("data"), place.resolve("api.sock"), token).with(attach),
            clock);
    opened.push(added);
    added.start();
    return added;
  }

  /// A further node, which joins by the certificate that it is given; not started.
  public RigNode nodeWith(HostCertificates.Host host) throws Exception {
    var place = Files.createDirectories(folder.resolve("node-" + opened.size()));
    var files =
        new NodeConfig.X509Pop(
            place.resolve("host.pem"), place.resolve("host.key"), place.resolve("bundle.pem"));
    host.write(files.certificates(), files.key());
    var authorities = new ArrayList<X509Certificate>();
    for (byte[] der : admin.authorities()) {
      authorities.add(Certificates.parse(der));
    }
    Files.writeString(files.bundle(), Certificates.toPem(authorities));
    var usual =
        NodeConfig.of(place.resolve("data"), place.resolve("api.sock"), place.resolve("none"));
    var joining =
        new NodeConfig.Server(
            Optional.of(TrustDomain.parse(trustDomain)),
            JoinToken.parse(admin.joinToken()).servers(),
            Optional.empty(),
            Optional.of(files));
    var added =
        new RigNode(
            new NodeConfig(
                joining,
                usual.dataDir(),
                usual.socket(),
                usual.recheckInterval(),
                usual.log(),
                usual.limits(),
                usual.metrics()),
            clock);
    opened.push(added);
    return added;
  }

  /// An agent to be registered; its owner is made if need be.
  public NewSubject agent(String owner, String name) {
    return subject(SubjectKind.SUBJECT_KIND_AGENT, owner, name);
  }

  /// A service to be registered.
  public NewSubject service(String owner, String name) {
    return subject(SubjectKind.SUBJECT_KIND_SERVICE, owner, name);
  }

  private NewSubject subject(SubjectKind kind, String owner, String name) {
    if (subjects++ > 0) {
      // The order of registrations is the order of their times.
      clock.advance(java.time.Duration.ofMillis(1));
    }
    return new NewSubject(admin, Admin.subject(kind, owner, name));
  }

  /// A machine with a fresh token that may become a node.
  public FirstContact contact() {
    return new FirstContact(JoinToken.parse(admin.joinToken()), clock);
  }

  /// A node that speaks the protocol only. The caller closes it.
  public RawNode lyingNode() throws InterruptedException {
    return RawNode.join(contact());
  }

  /// The server's configuration file, for programs that work on its folder.
  public Path serverConfig() {
    return folder.resolve("server.yaml");
  }

  /// A file that goes with the rig.
  public Path file(String name) {
    return folder.resolve(name);
  }

  /// Stops the server in order.
  public void stopServer() {
    server.close();
  }

  /// Starts it again, on the same folder, address and socket.
  public void restartServer() throws StartException {
    server = startServer();
  }

  @Override
  public void close() {
    var failure = new AssertionError("the rig did not close");
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        failure.addSuppressed(e);
      }
    }
    server.close();
    clock.close();
    delete();
    if (failure.getSuppressed().length > 0) {
      throw failure;
    }
  }

  private void delete() {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
