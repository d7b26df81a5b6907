package dev.credence.cli;

import com.google.protobuf.ByteString;
import dev.credence.certs.JwtBundle;
import dev.credence.certs.JwtException;
import dev.credence.certs.SvidException;
import dev.credence.certs.TrustDomain;
import dev.credence.certs.X509Bundle;
import dev.credence.cli.client.CommandFailure;
import dev.credence.proto.admin.v1.Bundle;
import dev.credence.proto.admin.v1.GetBundleRequest;
import dev.credence.proto.admin.v1.TrustGrpc;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "show",
    description = "Prints the trust domain's bundle: what others need to verify SVIDs.")
final class BundleShow implements Runnable {

  enum Format {
    PEM,
    JWKS
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "pem|jwks",
      description =
          "As certificates, or as a SPIFFE bundle document with the JWT keys too (default: pem).")
  private Format format = Format.PEM;

  @Mixin private final AdminOption server = new AdminOption();

  private final Terminal terminal;

  BundleShow(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    try (var connection = server.connect(terminal)) {
      var bundle =
          connection.ask(
              TrustGrpc::newBlockingStub,
              stub -> stub.getBundle(GetBundleRequest.getDefaultInstance()));
      terminal.out().println(text(bundle).stripTrailing());
    }
  }

  /// A server from before JWT-SVIDs says nothing.
  private static ByteString jwt(Bundle bundle) {
    return bundle.getJwtBundle().isEmpty()
        ? ByteString.copyFromUtf8("{\"keys\":[]}")
        : bundle.getJwtBundle();
  }

  private String text(Bundle bundle) {
    var der = ByteString.copyFrom(bundle.getX509AuthoritiesList()).toByteArray();
    try {
      var authorities = X509Bundle.parse(TrustDomain.parse(bundle.getTrustDomain()), der);
      return switch (format) {
        case PEM -> authorities.toPem();
        case JWKS ->
            authorities.toJwks(
                JwtBundle.parse(authorities.trustDomain(), jwt(bundle).toByteArray()),
                bundle.getSequence(),
                Duration.ofSeconds(bundle.getRefreshHint().getSeconds()));
      };
    } catch (SvidException | JwtException | IllegalArgumentException e) {
      throw CommandFailure.failed("the server's bundle cannot be read: " + e.getMessage());
    }
  }
}
