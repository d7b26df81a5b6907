package dev.credence.attestors.join;

import dev.credence.certs.Sha256;
import dev.credence.certs.TrustDomain;
import java.util.List;
import java.util.stream.Stream;

/// All that a machine needs to become a node, in one string of at most 1,024 characters:
/// `credence-join-v1.` and base64url of the servers' addresses, the trust domain, the pins of its
/// authorities and the secret. Immutable; prints without the secret.
///
/// The pins let the node know the server before it tells the secret to it.
///
/// @param servers where to connect to: any of them, 1 to 4
/// @param trustDomain that the server must prove to speak for
/// @param pins SHA-256 digests of the public keys (SubjectPublicKeyInfo) of its authorities, 1 to 8
/// @param secret proves to the server that an administrator sent us
public record JoinToken(
    List<ServerAddress> servers,
    TrustDomain trustDomain,
    List<Sha256> pins,
    JoinTokenSecret secret) {
  /// Most characters of the string.
  public static final int LONGEST = 1024;

  /// Most pins.
  public static final int MOST_PINS = 8;

  /// Most servers.
  public static final int MOST_SERVERS = 4;

  /// Checks the numbers of servers and pins.
  ///
  /// @throws IllegalArgumentException if there are none, too many, or one twice
  public JoinToken {
    servers = List.copyOf(servers);
    if (servers.isEmpty()
        || servers.size() > MOST_SERVERS
        || servers.stream().distinct().count() != servers.size()) {
      throw new IllegalArgumentException(
          "join token with " + servers.size() + " servers (expected: 1 to 4, each once)");
    }
    pins = List.copyOf(pins);
    if (pins.isEmpty() || pins.size() > MOST_PINS) {
      throw new IllegalArgumentException(
          "join token with " + pins.size() + " pins (expected: 1 to " + MOST_PINS + ")");
    }
    if (pins.stream().distinct().count() != pins.size()) {
      throw new IllegalArgumentException(
          "join token with the same pin twice (expected: each once)");
    }
  }

  /// A token that names one server.
  public JoinToken(
      ServerAddress server, TrustDomain trustDomain, List<Sha256> pins, JoinTokenSecret secret) {
    this(List.of(server), trustDomain, pins, secret);
  }

  /// The first of the servers.
  public ServerAddress server() {
    return servers.getFirst();
  }

  /// The same for these servers, as far as they fit: the first one always.
  public JoinToken with(List<ServerAddress> others) {
    return with(others, JoinTokenFormat.NODE);
  }

  JoinToken with(List<ServerAddress> others, JoinTokenFormat format) {
    JoinToken token = this;
    for (ServerAddress other : others) {
      List<ServerAddress> more = Stream.concat(token.servers.stream(), Stream.of(other)).toList();
      if (!token.servers.contains(other) && more.size() <= MOST_SERVERS) {
        var longer = new JoinToken(more, trustDomain, pins, secret);
        token = format.fits(longer) ? longer : token;
      }
    }
    return token;
  }

  /// Reads the string. Blanks and line feeds around it are ignored, since it comes from a file or
  /// stdin.
  ///
  /// @throws IllegalArgumentException if it is not one; the message never contains any of it
  public static JoinToken parse(String text) {
    return JoinTokenFormat.NODE.parse(text.strip());
  }

  /// The string, secret included. Give it to the machine, and to nobody else.
  ///
  /// @throws IllegalArgumentException if names and pins are so long that it would exceed 1,024
  ///   characters
  public String reveal() {
    return JoinTokenFormat.NODE.write(this);
  }

  @Override
  public String toString() {
    return "join token for " + trustDomain.name() + " at " + server() + " [redacted]";
  }
}
