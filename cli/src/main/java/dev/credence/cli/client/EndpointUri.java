package dev.credence.cli.client;

import dev.credence.cli.print.Printable;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/// A Workload API address as SPIFFE writes it (Workload Endpoint, section 4): `unix:///path` or
/// `tcp://IP:PORT`, and nothing beside that.
sealed interface EndpointUri {

  /// A Unix domain socket.
  record Unix(Path path) implements EndpointUri {}

  /// A TCP address.
  record Tcp(InetAddress address, int port) implements EndpointUri {}

  /// What a SPIFFE client is to do with a value of SPIFFE_ENDPOINT_SOCKET.
  ///
  /// @throws IllegalArgumentException it is no such address; the message says what was expected
  static EndpointUri parse(String value) {
    try {
      var uri = new URI(value);
      if (uri.getRawQuery() == null && uri.getRawFragment() == null && uri.getScheme() != null) {
        return switch (uri.getScheme()) {
          case "unix" -> unix(uri);
          case "tcp" -> tcp(uri);
          default -> throw expected(value);
        };
      }
      throw expected(value);
    } catch (URISyntaxException | InvalidPathException e) {
      throw expected(value);
    }
  }

  private static Unix unix(URI uri) {
    // "unix://" + path: nothing may stand for a host.
    if (uri.getRawAuthority() != null
        || uri.getPath() == null
        || !uri.getPath().startsWith("/")
        || uri.getPath().equals("/")) {
      throw expected(uri.toString());
    }
    return new Unix(Path.of(uri.getPath()));
  }

  private static Tcp tcp(URI uri) {
    if (uri.getHost() == null
        || uri.getRawUserInfo() != null
        || uri.getPort() < 1
        || uri.getPort() > 65_535
        || !uri.getRawPath().isEmpty()) {
      throw expected(uri.toString());
    }
    // A literal only: no name is ever asked for.
    return new Tcp(InetAddress.ofLiteral(uri.getHost()), uri.getPort());
  }

  private static IllegalArgumentException expected(String value) {
    return new IllegalArgumentException(
        "\"" + Printable.line(value) + "\" (expected: unix:///path, or tcp://IP:PORT)");
  }
}
