package dev.credence.server.core;

import dev.credence.server.core.ChangeReport.Executions;
import dev.credence.server.core.ChangeReport.FieldChange;
import java.util.List;
import java.util.Locale;

/// What a set of declarations did, or in a dry run would do.
///
/// @param done false: a dry run
/// @param plan SHA-256 in hexadecimal over what is changed from what to what
/// @param executions running ones that it concerns
/// @param told of a dry run only
public record ApplyReport(
    boolean done, String plan, Counts counts, Executions executions, Told told) {

  /// How many of which.
  ///
  /// @param unchanged declared, and so already
  public record Counts(int created, int updated, int transferred, int retired, int unchanged) {
    int changes() {
      return created + updated + transferred + retired;
    }
  }

  /// What a dry run tells beyond that.
  ///
  /// @param changes in the order in which they would be made
  /// @param problems everything that stands in the way: with one, nothing would be changed
  /// @param left what belongs to the set, is not declared any more, and stays
  public record Told(List<PlannedChange> changes, List<Problem> problems, List<String> left) {
    public Told {
      changes = List.copyOf(changes);
      problems = List.copyOf(problems);
      left = List.copyOf(left);
    }

    static Told nothing() {
      return new Told(List.of(), List.of(), List.of());
    }
  }

  /// One thing that would change.
  ///
  /// @param position where it is declared; empty: it is pruned
  /// @param revision before the change; 0: there is none
  public record PlannedChange(
      Action action, String thing, String position, long revision, List<FieldChange> fields) {
    public PlannedChange {
      fields = List.copyOf(fields);
    }
  }

  /// What stands in the way.
  public record Problem(String position, String thing, String message) {}

  /// What can happen to a thing.
  public enum Action {
    CREATE,
    UPDATE,
    TRANSFER,
    RETIRE;

    /// The word on the wire.
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
