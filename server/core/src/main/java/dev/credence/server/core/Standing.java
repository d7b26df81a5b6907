package dev.credence.server.core;

import dev.credence.certs.Id;
import java.time.Instant;
import java.util.Optional;

/// How the server stands.
///
/// @param problem why nothing is issued now; empty: it serves
/// @param database what the database says; empty: it cannot be read
/// @param shared true: several servers may use the database
/// @param clock what is said of the clock
public record Standing(
    Optional<String> problem,
    Instant startedAt,
    Optional<Stored> database,
    boolean shared,
    ClockState clock) {

  /// "sqlite" or "postgresql".
  public String databaseKind() {
    return shared ? "postgresql" : "sqlite";
  }

  /// @param epoch of every cursor
  /// @param lastEvent number of the newest event
  public record Stored(Id epoch, long lastEvent) {}

  /// @param highest the highest time that was stored
  /// @param problem why it is not believed; empty: it is
  public record ClockState(Instant now, Optional<Instant> highest, Optional<String> problem) {}
}
