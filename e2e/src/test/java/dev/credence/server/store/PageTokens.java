package dev.credence.server.store;

/// The parser of page tokens, for tests that fire at it.
public final class PageTokens {
  private PageTokens() {}

  /// The token of a place.
  public static String of(long seq) {
    return new PageToken((byte) 1, seq).toString();
  }

  /// Back.
  public static String parse(String text) {
    return PageToken.parse((byte) 1, text).toString();
  }
}
