package dev.credence.server.core;

import dev.credence.certs.Id;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What a change did, or in a dry run would do.
///
/// @param about id of the thing that was asked for
/// @param done false: a dry run
/// @param fields empty: everything was so already
/// @param executions running ones that it concerns
/// @param since when a state that it was in already was last decided; empty: it was made so, or
///   none was asked for
public record ChangeReport(
    Id about,
    boolean done,
    List<FieldChange> fields,
    Executions executions,
    Optional<Instant> since) {
  static final int MOST_EXECUTIONS = 500;

  public ChangeReport {
    fields = List.copyOf(fields);
  }

  /// @param shown at most 500
  /// @param more how many more there are
  public record Executions(List<Affected> shown, int more) {
    public Executions {
      shown = List.copyOf(shown);
    }
  }

  /// One value before and after; empty: none.
  ///
  /// @param thing "agent finance/invoice-bot"
  public record FieldChange(String thing, String field, String before, String after) {}

  /// What becomes of one running execution.
  ///
  /// @param subject whose, for people
  /// @param reason of an end; else empty
  public record Affected(
      Id execution, String subject, Id node, int pid, Effect effect, String reason) {}

  /// What can become of it.
  public enum Effect {
    ENDS("ends"),
    /// It gets a new SVID.
    RENEWS("renews"),
    /// It goes on through another registration, with a new SVID.
    MOVES("moves"),
    /// It keeps the SVID that it has: its process is gone, and nobody asks for another one.
    STAYS("stays");

    private final String label;

    Effect(String label) {
      this.label = label;
    }

    /// The word on the wire.
    public String label() {
      return label;
    }
  }
}
