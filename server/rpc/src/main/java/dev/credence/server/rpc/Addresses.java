package dev.credence.server.rpc;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;

/// What counts as one network address: of IPv6 the first 64 bits, since whoever has one address has
/// all of them. Stateless.
final class Addresses {
  private static final int NETWORK_BYTES = 8;

  private Addresses() {}

  /// @param address as a literal; whatever is none is a place of its own
  static String place(String address) {
    try {
      InetAddress parsed = InetAddress.ofLiteral(address);
      return parsed instanceof Inet6Address
          ? HexFormat.of().formatHex(Arrays.copyOf(parsed.getAddress(), NETWORK_BYTES)) + "/64"
          : parsed.getHostAddress();
    } catch (IllegalArgumentException e) {
      return address;
    }
  }
}
