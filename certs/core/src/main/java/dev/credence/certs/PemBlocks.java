package dev.credence.certs;

import dev.credence.certs.SvidException.Reason;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Reads PEM (RFC 7468, section 3, strict form): known label, nothing but white space around. */
final class PemBlocks {
  private static final int MAX_LENGTH = 1024 * 1024;

  private PemBlocks() {}

  static List<byte[]> parse(String label, String pem, int most) throws SvidException {
    if (pem.length() > MAX_LENGTH) {
      throw new SvidException(
          Reason.MALFORMED,
          "PEM of " + pem.length() + " characters (expected: at most " + MAX_LENGTH + ")");
    }
    String begin = "-----BEGIN " + label + "-----";
    String end = "-----END " + label + "-----";
    var blocks = new ArrayList<byte[]>();
    String rest = pem.strip();
    while (!rest.isEmpty()) {
      int stop = rest.indexOf(end);
      if (!rest.startsWith(begin) || stop < 0) {
        throw new SvidException(
            Reason.MALFORMED, "PEM: expected " + begin + " ... " + end + " and nothing else");
      }
      if (blocks.size() == most) {
        throw new SvidException(Reason.CHAIN_TOO_LONG, "PEM: more than " + most + " blocks");
      }
      blocks.add(decode(rest.substring(begin.length(), stop)));
      rest = rest.substring(stop + end.length()).stripLeading();
    }
    return blocks;
  }

  private static byte[] decode(String body) throws SvidException {
    try {
      return Base64.getDecoder().decode(body.replace("\r", "").replace("\n", ""));
    } catch (IllegalArgumentException e) {
      throw new SvidException(Reason.MALFORMED, "PEM: not base64", e);
    }
  }
}
