package dev.credence.node;

import dev.credence.platform.linux.ProcessEvents;
import java.io.IOException;

/// Where a node hears that something happened to a process. What it hears has it look earlier than
/// the interval would; nothing else rests on it.
@FunctionalInterface
public interface KernelNews {
  /// Begins to listen.
  ///
  /// @param listener told until the listening is closed; must not block
  /// @throws IOException if nothing is told here, with the reason
  Listening listen(ProcessEvents.Listener listener) throws IOException;

  /// An end of it.
  @FunctionalInterface
  interface Listening extends AutoCloseable {
    @Override
    void close();
  }

  /// The kernel's process connector.
  static KernelNews connector() {
    return listener -> ProcessEvents.open(listener)::close;
  }
}
