package dev.credence.attestors.systemd;

import dev.credence.attestors.NoAnswerException;
import java.util.Optional;

/// Who knows the units of the system's own service manager.
interface Units extends AutoCloseable {
  /// The unit to whose control group the process belongs; blocks for a bounded time.
  ///
  /// @param pid held fast by the caller
  /// @return empty if it belongs to none
  /// @throws NoAnswerException if there is no answer that can be used
  Optional<Unit> of(int pid) throws NoAnswerException;

  @Override
  void close();
}
