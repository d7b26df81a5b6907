package dev.credence.certs.issue;

import dev.credence.certs.Id;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/// Where peers find the revocation lists of authorities (RFC 5280, section 4.2.1.13): what the
/// certificates say, so it must be an address that peers reach. Immutable.
public final class RevocationPoint {
  private static final int LONGEST = 200;

  private final String base;

  private RevocationPoint(String base) {
    this.base = base;
  }

  /// Reads `http://HOST[:PORT][/PATH]`. Plain HTTP: a list is signed, and who must check a
  /// certificate to load a list may have to load a list to check it.
  ///
  /// @throws IllegalArgumentException it is something else
  public static RevocationPoint parse(String url) {
    try {
      var uri = new URI(url);
      if (url.length() <= LONGEST
          && "http".equals(uri.getScheme())
          && uri.getHost() != null
          && uri.getRawUserInfo() == null
          && uri.getRawQuery() == null
          && uri.getRawFragment() == null
          && url.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
        return new RevocationPoint(url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
      }
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(expected(), e);
    }
    throw new IllegalArgumentException(expected());
  }

  private static String expected() {
    return String.format(
        Locale.ROOT,
        "no address of revocation lists (expected: http://HOST[:PORT][/PATH], at most %d characters)",
        LONGEST);
  }

  /// The address of that authority's list: the point of the path at which the server serves it.
  public String of(Id authority) {
    return base + "/" + authority + ".crl";
  }

  @Override
  public String toString() {
    return base;
  }
}
