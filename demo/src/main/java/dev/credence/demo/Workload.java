package dev.credence.demo;

import dev.credence.certs.Certificates;
import dev.credence.certs.ExecutionFacts;
import dev.credence.certs.SvidException;
import io.spiffe.exception.SocketEndpointAddressException;
import io.spiffe.exception.X509SourceException;
import io.spiffe.provider.SpiffeSslContextFactory;
import io.spiffe.provider.SpiffeSslContextFactory.SslContextOptions;
import io.spiffe.spiffeid.SpiffeId;
import io.spiffe.workloadapi.DefaultX509Source;
import io.spiffe.workloadapi.X509Source;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Set;
import javax.net.ssl.SSLContext;

/**
 * This process's own SVID and bundle, kept up to date by java-spiffe, and TLS made of them.
 * Thread-safe.
 */
final class Workload implements AutoCloseable {
  private static final Duration FIRST_SVID_WITHIN = Duration.ofSeconds(30);

  private final X509Source source;

  private Workload(X509Source source) {
    this.source = source;
  }

  /**
   * Fetches the first SVID over the socket that SPIFFE_ENDPOINT_SOCKET names; waits for it up to 30
   * seconds.
   */
  static Workload open() throws SocketEndpointAddressException, X509SourceException {
    var options =
        DefaultX509Source.X509SourceOptions.builder().initTimeout(FIRST_SVID_WITHIN).build();
    return new Workload(DefaultX509Source.newSource(options));
  }

  /** TLS 1.3 with the own SVID, to and from this one peer only. */
  SSLContext tlsWith(String peer) throws GeneralSecurityException {
    var accepted = Set.of(SpiffeId.parse(peer));
    var options =
        SslContextOptions.builder()
            .sslProtocol("TLSv1.3")
            .x509Source(source)
            .acceptedSpiffeIdsSupplier(() -> accepted)
            .build();
    return SpiffeSslContextFactory.getSslContext(options);
  }

  /**
   * Who this is, in four lines: the SPIFFE ID, the execution with its assurance, the certificate's
   * serial, the digest of the key.
   */
  String introduction() throws SvidException {
    X509Certificate leaf = source.getX509Svid().getLeaf();
    return "I am "
        + source.getX509Svid().getSpiffeId()
        + "\nexecution "
        + ExecutionFacts.of(leaf).map(Workload::describe).orElse("none")
        + "\nserial "
        + Certificates.serialHex(leaf)
        + "\nkey "
        + Certificates.spkiDigest(leaf);
  }

  private static String describe(ExecutionFacts facts) {
    return facts.executionId()
        + ", code "
        + facts.code().label()
        + ", isolation "
        + facts.isolation().label();
  }

  @Override
  public void close() throws java.io.IOException {
    source.close();
  }
}
