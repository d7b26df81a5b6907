package dev.credence.certs;

import java.util.List;

/**
 * A SPIFFE ID, {@code spiffe://trust-domain/path}. Immutable.
 *
 * <p>The parser is strict (SPIFFE-ID, sections 2.1 to 2.4): ASCII only, at most 2048 bytes, nothing
 * trimmed, folded or decoded. What it accepts, it prints back unchanged, so equality is by bytes.
 */
public final class SpiffeId {
  static final int MAX_LENGTH = 2048;
  private static final String SCHEME = "spiffe://";

  private final TrustDomain trustDomain;
  private final String path;

  private SpiffeId(TrustDomain trustDomain, String path) {
    this.trustDomain = trustDomain;
    this.path = path;
  }

  /**
   * Reads a SPIFFE ID.
   *
   * @throws IllegalArgumentException if it is not one, naming the part that is wrong
   */
  public static SpiffeId parse(String id) {
    if (id.length() > MAX_LENGTH) {
      throw wrong(id, "at most " + MAX_LENGTH + " bytes");
    }
    if (!id.startsWith(SCHEME)) {
      throw wrong(id, "to begin with spiffe:// in lower case");
    }
    int slash = id.indexOf('/', SCHEME.length());
    int end = slash < 0 ? id.length() : slash;
    TrustDomain trustDomain = TrustDomain.parse(id.substring(SCHEME.length(), end));
    String path = id.substring(end);
    if (!path.isEmpty()) {
      for (String segment : path.substring(1).split("/", -1)) {
        checkSegment(id, segment);
      }
    }
    return new SpiffeId(trustDomain, path);
  }

  /**
   * Builds an id from its parts; without segments it is the trust domain's own id.
   *
   * @throws IllegalArgumentException if a segment is empty, {@code .}, {@code ..}, or has
   *     characters other than {@code a-z A-Z 0-9 . - _}, or if the whole is longer than 2048 bytes
   */
  public static SpiffeId of(TrustDomain trustDomain, String... segments) {
    var path = new StringBuilder();
    for (String segment : List.of(segments)) {
      checkSegment(segment, segment);
      path.append('/').append(segment);
    }
    var id = new SpiffeId(trustDomain, path.toString());
    if (id.length() > MAX_LENGTH) {
      throw wrong(id.toString(), "at most " + MAX_LENGTH + " bytes");
    }
    return id;
  }

  private static void checkSegment(String shown, String segment) {
    if (segment.isEmpty()) {
      throw wrong(shown, "no empty path segment and no slash at the end");
    }
    if (segment.equals(".") || segment.equals("..")) {
      throw wrong(shown, "no path segment . or ..");
    }
    for (int i = 0; i < segment.length(); i++) {
      if (!isLegal(segment.charAt(i))) {
        throw wrong(shown, "path segments of [a-zA-Z0-9._-]");
      }
    }
  }

  private static boolean isLegal(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '.'
        || c == '-'
        || c == '_';
  }

  private static IllegalArgumentException wrong(String id, String expected) {
    return new IllegalArgumentException(
        "SPIFFE ID " + Printable.quoted(id) + " (expected: " + expected + ")");
  }

  private int length() {
    return SCHEME.length() + trustDomain.name().length() + path.length();
  }

  /** The trust domain. */
  public TrustDomain trustDomain() {
    return trustDomain;
  }

  /** The path with its leading slash; empty for the trust domain's own id. */
  public String path() {
    return path;
  }

  /** Whether this id is in exactly that trust domain. */
  public boolean memberOf(TrustDomain candidate) {
    return trustDomain.equals(candidate);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SpiffeId that
        && trustDomain.equals(that.trustDomain)
        && path.equals(that.path);
  }

  @Override
  public int hashCode() {
    return 31 * trustDomain.hashCode() + path.hashCode();
  }

  /** The id as text, as it was parsed. */
  @Override
  public String toString() {
    return SCHEME + trustDomain.name() + path;
  }
}
