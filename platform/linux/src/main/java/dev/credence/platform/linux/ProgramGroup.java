package dev.credence.platform.linux;

import java.io.IOException;

/// A program that was started and everything that it started, as far as that can be told: what can
/// be reached as a whole. Thread-safe.
public interface ProgramGroup extends AutoCloseable {
  /// Sends all of them a signal, but for new ones that come meanwhile.
  void signal(int number) throws IOException;

  /// Ends all of them. Without any left, nothing happens.
  void kill() throws IOException;

  /// As [#kill()], and nothing of the group stays.
  void remove() throws IOException;

  /// As [#remove()]; what cannot be ended stays.
  @Override
  void close();
}
