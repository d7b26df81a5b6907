package dev.credence.e2e.workload;

import dev.credence.proto.workload.SpiffeWorkloadAPIGrpc;
import dev.credence.proto.workload.X509SVIDRequest;
import dev.credence.proto.workload.X509SVIDResponse;
import dev.credence.transport.UnixSocketChannels;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.spiffe.provider.SpiffeSslContextFactory;
import io.spiffe.provider.SpiffeSslContextFactory.SslContextOptions;
import io.spiffe.spiffeid.SpiffeId;
import io.spiffe.workloadapi.DefaultX509Source;
import io.spiffe.workloadapi.X509Source;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// One side of a conversation that a test steps through. Arguments: the Workload API socket, the
/// peer's SPIFFE ID, and for the calling side the port. Both have an X509Source of unmodified
/// java-spiffe. The listening side says "port N" and answers each byte with the serial of the
/// caller's certificate. The calling side obeys lines:
///
/// ```text
/// stream    a raw stream of X.509-SVIDs: "message N id|serial|execution|key ...", at its end "closed N CODE text"
/// source    "source SERIAL": what the X509Source holds
/// call      a new mTLS connection: "call ok SERIAL" as the peer saw it, or "call failed ..."
/// peer      the same: "peer ok SERIAL" of the peer's certificate, or "peer failed ..."
/// hold      a new mTLS connection that stays open: "hold ok SERIAL" or "hold failed ..."
/// ping      over the one that is held: "ping ok SERIAL" or "ping failed ..."
/// ```
public final class SpeakerMain {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Metadata.Key<String> HEADER =
      Metadata.Key.of("workload.spiffe.io", Metadata.ASCII_STRING_MARSHALLER);

  private final Path socket;
  private final X509Source source;
  private final SpiffeId peer;
  private final int port;
  private @Nullable SSLSocket held;
  private int streams;

  private SpeakerMain(Path socket, X509Source source, SpiffeId peer, int port) {
    this.socket = socket;
    this.source = source;
    this.peer = peer;
    this.port = port;
  }

  /// Runs until the end of its input.
  public static void main(String[] args) throws Exception {
    Logger.getLogger("").setLevel(Level.OFF);
    var source =
        DefaultX509Source.newSource(
            DefaultX509Source.X509SourceOptions.builder()
                .spiffeSocketPath("unix:" + args[0])
                .initTimeout(SOON)
                .build());
    var speaker =
        new SpeakerMain(
            Path.of(args[0]),
            source,
            SpiffeId.parse(args[1]),
            args.length == 2 ? 0 : Integer.parseInt(args[2]));
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    if (args.length == 2) {
      speaker.listen();
    } else {
      tell("started");
    }
    for (var line = in.readLine(); line != null; line = in.readLine()) {
      speaker.obey(line);
    }
    System.exit(0);
  }

  private static synchronized void tell(String line) {
    System.out.println(line);
    System.out.flush();
  }

  private SslContextOptions accepting() {
    return SslContextOptions.builder()
        .x509Source(source)
        .acceptedSpiffeIdsSupplier(() -> Set.of(peer))
        .build();
  }

  private void obey(String command) {
    try {
      switch (command) {
        case "stream" -> stream();
        case "source" -> tell("source " + serial(source.getX509Svid().getLeaf()));
        case "call" -> call();
        case "peer" -> peer();
        case "hold" -> {
          held = connect();
          tell("hold ok " + ask(held));
        }
        case "ping" -> {
          if (held == null) {
            throw new IOException("nothing is held");
          }
          tell("ping ok " + ask(held));
        }
        default -> tell("unknown " + command);
      }
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      tell(command + " failed " + e.toString().replace('\n', ' '));
    }
  }

  private void call() throws IOException, GeneralSecurityException {
    try (var connection = connect()) {
      tell("call ok " + ask(connection));
    }
  }

  private void peer() throws IOException, GeneralSecurityException {
    try (var connection = connect()) {
      // With an answer, so that the peer has taken our certificate.
      var _ = ask(connection);
      tell("peer ok " + serial((X509Certificate) connection.getSession().getPeerCertificates()[0]));
    }
  }

  private SSLSocket connect() throws IOException, GeneralSecurityException {
    // A context of its own: no session is ever resumed.
    var factory = SpiffeSslContextFactory.getSslContext(accepting()).getSocketFactory();
    var connection = (SSLSocket) factory.createSocket(InetAddress.getLoopbackAddress(), port);
    connection.setSoTimeout((int) SOON.toMillis());
    connection.startHandshake();
    return connection;
  }

  private static String ask(SSLSocket connection) throws IOException {
    connection.getOutputStream().write('?');
    var answer = new StringBuilder();
    for (int c = connection.getInputStream().read();
        c != '\n';
        c = connection.getInputStream().read()) {
      if (c < 0) {
        throw new IOException("closed by the peer");
      }
      answer.append((char) c);
    }
    return answer.toString();
  }

  private void stream() {
    int number = ++streams;
    var channel = UnixSocketChannels.open(socket);
    var header = new Metadata();
    header.put(HEADER, "true");
    SpiffeWorkloadAPIGrpc.newStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(header))
        .fetchX509SVID(X509SVIDRequest.getDefaultInstance(), new Telling(number, channel));
  }

  private record Telling(int number, ManagedChannel channel)
      implements StreamObserver<X509SVIDResponse> {
    @Override
    public void onNext(X509SVIDResponse message) {
      tell("message " + number + " " + Seen.words(Seen.of(message)));
    }

    @Override
    public void onError(Throwable error) {
      var status = Status.fromThrowable(error);
      tell("closed " + number + " " + status.getCode() + " " + status.getDescription());
      channel.shutdown();
    }

    @Override
    public void onCompleted() {
      tell("closed " + number + " OK");
    }
  }

  private void listen() throws IOException, GeneralSecurityException {
    var factory = SpiffeSslContextFactory.getSslContext(accepting()).getServerSocketFactory();
    var server =
        (SSLServerSocket) factory.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    server.setNeedClientAuth(true);
    Thread.ofPlatform().daemon().start(() -> accept(server));
    tell("port " + server.getLocalPort());
  }

  private static void accept(SSLServerSocket server) {
    while (true) {
      try {
        var connection = (SSLSocket) server.accept();
        Thread.ofVirtual().start(() -> serve(connection));
      } catch (IOException e) {
        tell("accept failed " + e);
      }
    }
  }

  private static void serve(SSLSocket connection) {
    try (connection) {
      connection.startHandshake();
      var caller = (X509Certificate) connection.getSession().getPeerCertificates()[0];
      while (connection.getInputStream().read() >= 0) {
        connection
            .getOutputStream()
            .write((serial(caller) + "\n").getBytes(StandardCharsets.US_ASCII));
      }
    } catch (IOException e) {
      tell("refused " + e.toString().replace('\n', ' '));
    }
  }

  private static String serial(X509Certificate certificate) {
    return certificate.getSerialNumber().toString(16);
  }
}
