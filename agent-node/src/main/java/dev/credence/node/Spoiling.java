package dev.credence.node;

/// Told when something was seen of a process that takes what the node knows of it by its launch for
/// good: a tracer, say, may have gone, but what it wrote is still there. Must not block.
/// Thread-safe.
@FunctionalInterface
interface Spoiling {
  /// For what is never launched.
  Spoiling NONE = (_, _) -> {};

  /// To be called while the process is held fast: the pid is its own.
  ///
  /// @param seen one clause, for people
  void spoil(int pid, String seen);
}
