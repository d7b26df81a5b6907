package dev.credence.e2e.workload;

import io.spiffe.provider.SpiffeSslContextFactory;
import io.spiffe.provider.SpiffeSslContextFactory.SslContextOptions;
import io.spiffe.spiffeid.SpiffeId;
import io.spiffe.workloadapi.DefaultX509Source;
import io.spiffe.workloadapi.X509Source;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/// One side of a conversation with unmodified java-spiffe. Arguments: the Workload API socket, the
/// peer's SPIFFE ID, and for the calling side the port. The listening side says "port N". The
/// calling side makes one mTLS connection after the other; asked "count" it says "calls N failed M"
/// and the first failure. Both end with their standard input.
public final class ConversationMain {

  private static final Duration SOON = Duration.ofSeconds(60);

  private ConversationMain() {}

  /// Runs until the end of its input.
  public static void main(String[] args) throws Exception {
    Logger.getLogger("").setLevel(Level.OFF);
    var options =
        DefaultX509Source.X509SourceOptions.builder()
            .spiffeSocketPath("unix:" + args[0])
            .initTimeout(SOON)
            .build();
    var source = DefaultX509Source.newSource(options);
    var peer = SpiffeId.parse(args[1]);
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    if (args.length == 2) {
      listen(source, peer, in);
    } else {
      call(source, peer, Integer.parseInt(args[2]), in);
    }
    System.exit(0);
  }

  private static SslContextOptions accepting(X509Source source, SpiffeId peer) {
    return SslContextOptions.builder()
        .x509Source(source)
        .acceptedSpiffeIdsSupplier(() -> Set.of(peer))
        .build();
  }

  private static void listen(X509Source source, SpiffeId peer, BufferedReader in)
      throws IOException, GeneralSecurityException {
    var factory =
        SpiffeSslContextFactory.getSslContext(accepting(source, peer)).getServerSocketFactory();
    var server =
        (SSLServerSocket) factory.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    server.setNeedClientAuth(true);
    Thread.ofPlatform().daemon().start(() -> serve(server));
    System.out.println("port " + server.getLocalPort());
    while (in.readLine() != null) {
      // until its end
    }
  }

  private static void serve(SSLServerSocket server) {
    while (true) {
      try (var connection = (SSLSocket) server.accept()) {
        connection.startHandshake();
        connection.getOutputStream().write('y');
      } catch (IOException e) {
        // the calling side counts it
      }
    }
  }

  private static void call(X509Source source, SpiffeId peer, int port, BufferedReader in)
      throws IOException {
    var calls = new AtomicInteger();
    var failures = new java.util.concurrent.ConcurrentLinkedQueue<String>();
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          while (true) {
            try {
              callOnce(source, peer, port);
            } catch (IOException | GeneralSecurityException | RuntimeException e) {
              failures.add(e.toString());
            }
            calls.incrementAndGet();
          }
        });
    PrintStream out = System.out;
    for (var line = in.readLine(); line != null; line = in.readLine()) {
      out.println(
          "calls " + calls + " failed " + failures.size() + " " + String.valueOf(failures.peek()));
    }
  }

  private static void callOnce(X509Source source, SpiffeId peer, int port)
      throws IOException, GeneralSecurityException {
    var factory = SpiffeSslContextFactory.getSslContext(accepting(source, peer)).getSocketFactory();
    try (var connection =
        (SSLSocket) factory.createSocket(InetAddress.getLoopbackAddress(), port)) {
      connection.setSoTimeout((int) SOON.toMillis());
      connection.startHandshake();
      if (connection.getInputStream().read() != 'y') {
        throw new IOException("no answer");
      }
    }
  }
}
