package dev.credence.attestors.linux;

/// The parser of /etc/passwd and /etc/group, for tests that fire at it.
public final class AccountParsers {
  private AccountParsers() {}

  /// How many it found.
  public static int accounts(String text) {
    return AccountNames.parse(text).size();
  }
}
