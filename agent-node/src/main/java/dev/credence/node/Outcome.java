package dev.credence.node;

import java.time.Duration;
import java.util.Optional;

/// What came out of looking at a process.
sealed interface Outcome {
  /// It is the same process as before.
  ///
  /// @param again when to look again at the latest, because something must be renewed
  /// @param failed true: the server didn't give what was asked for; try again soon
  record Stands(Standing standing, Optional<Duration> again, boolean failed) implements Outcome {
    static Stands of(Standing standing) {
      return new Stands(standing, Optional.empty(), false);
    }
  }

  /// It has ended, or runs another program.
  record Over(EndReason reason) implements Outcome {}
}
