package dev.credence.transport;

/// How one user's part of what all share is bounded, beside fixed limits: it may take one more only
/// while it holds less than what is still free. One greedy user gets half, two a third each, and as
/// much as each of them holds stays free for everybody else. Stateless.
public final class Share {
  private Share() {}

  /// True if the user may take one more.
  ///
  /// @param own how many it holds
  /// @param all how many all hold, its own included
  /// @param most how many there may be
  public static boolean hasRoom(int own, int all, int most) {
    return own < most - all;
  }
}
