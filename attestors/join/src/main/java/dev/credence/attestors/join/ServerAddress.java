package dev.credence.attestors.join;

import dev.credence.certs.Printable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where a server listens: a DNS name, an IPv4 address or an IPv6 address in brackets, and a port.
///
/// @param host as written; an IPv6 address without its brackets
/// @param port 1 to 65535
public record ServerAddress(String host, int port) {
  private static final int LONGEST_HOST = 253;
  private static final Pattern NAME =
      Pattern.compile(
          "[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(\\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*");
  private static final Pattern IPV6 =
      Pattern.compile("[0-9A-Fa-f:.]{2,45}(%[A-Za-z0-9._-]{1,15})?");
  private static final Pattern TEXT =
      Pattern.compile("(\\[([^\\]]*)\\]|([^:\\[\\]]*)):([1-9][0-9]{0,4})");

  /// Checks both.
  ///
  /// @throws IllegalArgumentException if the host is malformed or the port out of range
  public ServerAddress {
    boolean legalHost =
        host.length() <= LONGEST_HOST && (NAME.matcher(host).matches() || isIpv6(host));
    if (!legalHost) {
      throw new IllegalArgumentException(
          "host " + Printable.quoted(host) + " (expected: a DNS name or an IP address)");
    }
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port " + port + " (expected: 1 to 65535)");
    }
  }

  /// Reads `HOST:PORT`, `1.2.3.4:PORT` or `[::1]:PORT`.
  ///
  /// @throws IllegalArgumentException if it is something else
  public static ServerAddress parse(String text) {
    Matcher parts = TEXT.matcher(text.length() > 2 * LONGEST_HOST ? "" : text);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "server address " + Printable.quoted(text) + " (expected: HOST:PORT)");
    }
    String bracketed = parts.group(2);
    if (bracketed != null && !isIpv6(bracketed)) {
      throw new IllegalArgumentException(
          "server address "
              + Printable.quoted(text)
              + " (expected: an IPv6 address in the brackets)");
    }
    String host = bracketed != null ? bracketed : parts.group(3);
    return new ServerAddress(host == null ? "" : host, Integer.parseInt(parts.group(4)));
  }

  private static boolean isIpv6(String host) {
    return host.indexOf(':') >= 0 && IPV6.matcher(host).matches();
  }

  /// `HOST:PORT`, an IPv6 address in brackets.
  @Override
  public String toString() {
    return (isIpv6(host) ? "[" + host + "]" : host) + ":" + port;
  }
}
