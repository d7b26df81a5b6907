package dev.credence.e2e.kills;

import dev.credence.e2e.client.Admin;

/// Asks for one change after the other. For one thread at a time.
@FunctionalInterface
interface Load {
  /// One more.
  ///
  /// @return false: no answer came
  boolean step(Admin admin) throws InterruptedException;
}
