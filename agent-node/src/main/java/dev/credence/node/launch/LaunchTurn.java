package dev.credence.node.launch;

import java.util.Optional;

/// What one connection counts as: first among those that have not asked for anything yet, then
/// among the launches. For one thread at a time.
final class LaunchTurn implements AutoCloseable {
  private final Shares shares;
  private final int uid;
  private boolean launches;

  private LaunchTurn(Shares shares, int uid) {
    this.shares = shares;
    this.uid = uid;
  }

  /// What is counted.
  ///
  /// @param silent connections that have not asked yet
  /// @param launches those that have
  record Shares(LaunchShares silent, LaunchShares launches) {
    /// A connection counts as silent until it has asked, or its turn is closed; empty: there is no
    /// room for it.
    Optional<LaunchTurn> enter(int uid) {
      return silent.enter(uid) ? Optional.of(new LaunchTurn(this, uid)) : Optional.empty();
    }
  }

  /// It has asked.
  ///
  /// @throws LaunchRefusedException if there is no room for one more launch of its user
  void asked() throws LaunchRefusedException {
    if (launches) {
      return;
    }
    if (!shares.launches().enter(uid)) {
      throw LaunchRefusedException.of(
          "too many programs run already that user "
              + Integer.toUnsignedString(uid)
              + " has launched (expected: fewer than there is room left for, which all users share)");
    }
    launches = true;
    shares.silent().leave(uid);
  }

  /// Counts no more.
  @Override
  public void close() {
    if (launches) {
      shares.launches().leave(uid);
    } else {
      shares.silent().leave(uid);
    }
  }
}
