package dev.credence.node;

import dev.credence.platform.config.Parsers;
import dev.credence.platform.linux.UnixSocketPath;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// What a value in a node's configuration must look like, where only a node has such values.
/// Stateless; what is refused is an [IllegalArgumentException] that says what was expected.
final class NodeValues {
  private NodeValues() {}

  /// A place that others make: what a relative path is seen from is none of theirs.
  static Path absolute(String text) {
    Path path = Parsers.path(text);
    if (!path.isAbsolute()) {
      throw new IllegalArgumentException(
          Text.of("\"%s\" (expected: an absolute path of a socket)", text));
    }
    return UnixSocketPath.check(path);
  }

  /// Who may connect, as ls writes it.
  static String mode(String text) {
    try {
      return PosixFilePermissions.toString(PosixFilePermissions.fromString(text));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          Text.of("mode \"%s\" (expected: as ls writes it, for example rw-rw-rw-)", text), e);
    }
  }

  /// No names: what a name leads to is not this file's to say. Nobody else's machine, not even on
  /// the same link: there the kernel knows no user of the other end.
  static InetSocketAddress loopbackLiteral(String text) {
    InetSocketAddress address = Parsers.hostPort(text);
    try {
      InetAddress ip = InetAddress.ofLiteral(address.getHostString());
      if (ip.isLoopbackAddress() && address.getPort() > 0) {
        return new InetSocketAddress(ip, address.getPort());
      }
    } catch (IllegalArgumentException e) {
      // said below
    }
    throw new IllegalArgumentException(
        Text.of(
            "\"%s\" (expected: a literal address of the loopback interface and a port, for example 127.0.0.1:8089 or [::1]:8089)",
            text));
  }

  /// An address of the loopback interface, or a name of one.
  static InetSocketAddress loopback(String text) {
    InetSocketAddress address = Parsers.hostPort(text);
    var resolved = new InetSocketAddress(address.getHostString(), address.getPort());
    if (resolved.isUnresolved() || !resolved.getAddress().isLoopbackAddress()) {
      throw new IllegalArgumentException(
          Text.of("\"%s\" (expected: a loopback address, for example 127.0.0.1:9464)", text));
    }
    return resolved;
  }
}
