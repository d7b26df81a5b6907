package dev.credence.attestors.join;

import dev.credence.certs.Sha256;
import dev.credence.certs.TrustDomain;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/// The string form of a join token. After the prefix, base64url without padding of: length (2
/// bytes, big endian) and bytes of the addresses, with commas between; length (1) and bytes of the
/// trust domain; number (1) of pins and 32 bytes each; 16 bytes of secret; nothing more.
///
/// Messages never quote the input: it holds the secret, or what was meant to be one.
final class JoinTokenFormat {
  static final String PREFIX = "credence-join-v1.";

  /// Of nodes' tokens.
  static final JoinTokenFormat NODE =
      new JoinTokenFormat(
          "join token", PREFIX, "credence-join-", "`credence node token create` printed");

  /// Of administrators' tokens. Another prefix, so that neither is taken for the other.
  static final JoinTokenFormat ADMINISTRATOR =
      new JoinTokenFormat(
          "enrolment token",
          "credence-admin-v1.",
          "credence-admin-",
          "`credence admin enroll` or `credence admin token` printed");

  private static final int DIGEST_LENGTH = 32;

  private final String what;
  private final String prefix;
  private final String family;
  private final String printed;

  private JoinTokenFormat(String what, String prefix, String family, String printed) {
    this.what = what;
    this.prefix = prefix;
    this.family = family;
    this.printed = printed;
  }

  String write(JoinToken token) {
    String text = text(token);
    if (text.length() > JoinToken.LONGEST) {
      throw new IllegalArgumentException(
          what
              + " of "
              + text.length()
              + " characters (expected: at most 1024; use a shorter"
              + " server name or fewer pins)");
    }
    return text;
  }

  boolean fits(JoinToken token) {
    return text(token).length() <= JoinToken.LONGEST;
  }

  private String text(JoinToken token) {
    byte[] address =
        token.servers().stream()
            .map(ServerAddress::toString)
            .collect(Collectors.joining(","))
            .getBytes(StandardCharsets.US_ASCII);
    byte[] trustDomain = token.trustDomain().name().getBytes(StandardCharsets.US_ASCII);
    var bytes =
        ByteBuffer.allocate(
            2
                + address.length
                + 1
                + trustDomain.length
                + 1
                + token.pins().size() * DIGEST_LENGTH
                + JoinTokenSecret.LENGTH);
    bytes.putShort((short) address.length).put(address);
    bytes.put((byte) trustDomain.length).put(trustDomain);
    bytes.put((byte) token.pins().size());
    token.pins().forEach(pin -> bytes.put(pin.bytes()));
    bytes.put(token.secret().reveal());
    return prefix + encoded(bytes.array());
  }

  JoinToken parse(String text) {
    if (text.length() > JoinToken.LONGEST) {
      throw malformed("it is longer than 1024 characters");
    }
    if (!text.startsWith(prefix)) {
      throw malformed(
          text.startsWith(family)
              ? "it is of another version than v1"
              : "it does not begin with " + prefix);
    }
    var bytes = ByteBuffer.wrap(decoded(text.substring(prefix.length())));
    try {
      JoinToken token = read(bytes);
      if (bytes.hasRemaining()) {
        throw malformed("it has " + bytes.remaining() + " bytes too many");
      }
      return token;
    } catch (BufferUnderflowException e) {
      throw malformed("it is cut off");
    }
  }

  private JoinToken read(ByteBuffer bytes) {
    List<ServerAddress> servers = addresses(ascii(bytes, Short.toUnsignedInt(bytes.getShort())));
    TrustDomain trustDomain = trustDomain(ascii(bytes, Byte.toUnsignedInt(bytes.get())));
    int count = Byte.toUnsignedInt(bytes.get());
    if (count == 0 || count > JoinToken.MOST_PINS) {
      throw malformed("it has " + count + " pins");
    }
    List<Sha256> pins = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      pins.add(Sha256.fromBytes(take(bytes, DIGEST_LENGTH)));
    }
    return new JoinToken(
        servers, trustDomain, pins, JoinTokenSecret.of(take(bytes, JoinTokenSecret.LENGTH)));
  }

  private List<ServerAddress> addresses(String text) {
    List<ServerAddress> servers = new ArrayList<>();
    for (String one : text.split(",", -1)) {
      servers.add(address(one));
    }
    if (servers.size() > JoinToken.MOST_SERVERS
        || servers.stream().distinct().count() != servers.size()) {
      throw malformed("it has " + servers.size() + " server addresses");
    }
    return servers;
  }

  /// Causes are left out: in a damaged token, what is taken for the address may be the secret.
  private ServerAddress address(String text) {
    try {
      ServerAddress address = ServerAddress.parse(text);
      if (address.toString().equals(text)) {
        return address;
      }
    } catch (IllegalArgumentException e) {
      throw malformed("its server address is malformed");
    }
    throw malformed("its server address is malformed");
  }

  private TrustDomain trustDomain(String text) {
    try {
      return TrustDomain.parse(text);
    } catch (IllegalArgumentException e) {
      throw malformed("its trust domain is malformed");
    }
  }

  private String ascii(ByteBuffer bytes, int length) {
    byte[] text = take(bytes, length);
    for (byte b : text) {
      if (b <= ' ' || b == 0x7f) {
        throw malformed("it has characters that no name has");
      }
    }
    return new String(text, StandardCharsets.US_ASCII);
  }

  private static byte[] take(ByteBuffer bytes, int length) {
    if (length > bytes.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] taken = new byte[length];
    bytes.get(taken);
    return taken;
  }

  private static String encoded(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /// One spelling only: what does not encode to the same text is refused.
  private byte[] decoded(String text) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text);
      if (encoded(bytes).equals(text)) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      // The decoder's message quotes a character of the secret, so the cause is left out.
      throw malformed("it is not base64url without padding");
    }
    throw malformed("it is not base64url without padding");
  }

  private IllegalArgumentException malformed(String problem) {
    return new IllegalArgumentException(
        what + ": " + problem + " (expected: the string that " + printed + ", complete)");
  }
}
