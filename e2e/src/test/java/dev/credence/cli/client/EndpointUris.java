package dev.credence.cli.client;

/// The parser of Workload API addresses, for tests that fire at it.
public final class EndpointUris {
  private EndpointUris() {}

  /// Either kind.
  public static String parse(String text) {
    return EndpointUri.parse(text).toString();
  }
}
