package dev.credence.server.store;

import java.time.Duration;

/// Told of each commit: for metrics, and for tests that stop the process at a named point. Called
/// on the writer's thread, so what it does delays every write; it never throws.
public interface CommitListener {
  /// A commit is durable and its writes are about to be answered.
  void committed(Commit commit);

  /// The writer is at this point of a commit.
  default void reached(Point point) {}

  /// Listens to nothing.
  static CommitListener none() {
    return commit -> {};
  }

  /// Where a commit can be interrupted, in order.
  enum Point {
    /// All work of the batch has run; nothing is durable.
    BEFORE_COMMIT,
    /// Durable; nobody knows yet.
    AFTER_COMMIT,
    /// What runs after the commit has run; no write has returned.
    BEFORE_REPLY,
    /// All writes of the batch were answered.
    AFTER_REPLY
  }

  /// One commit.
  ///
  /// @param writes that shared it, failed ones too
  /// @param waiting writes that queued up meanwhile
  /// @param working from the first statement until the commit
  /// @param committing the commit alone
  record Commit(int writes, int waiting, Duration working, Duration committing) {}
}
