package dev.credence.node;

import dev.credence.certs.Id;
import java.util.Collection;
import java.util.List;

/// The node's side of an open sync stream. Thread-safe.
interface SyncStream extends AutoCloseable {
  /// Answers the welcome: these executions still have their process.
  void settled(Collection<Id> running);

  /// Reports refused calls. False: the stream is closed.
  boolean refusals(List<Refusal> refusals);

  /// The bundle with that number is on the disk, and every open stream was handed it. Does nothing
  /// if the stream is closed.
  void bundleAcknowledged(long sequence);

  /// Renews the node's lease. False: the stream is closed.
  boolean renewLease();

  /// Closes it; the listener hears no more of it. Idempotent.
  @Override
  void close();
}
