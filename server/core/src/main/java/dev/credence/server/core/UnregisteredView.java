package dev.credence.server.core;

import dev.credence.attestors.Selector;
import dev.credence.certs.Id;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The processes of one user on one node that run the same executable and asked for an identity in
/// vain.
///
/// @param node empty: of several nodes, counted together
/// @param uid unsigned; empty: of several users, counted together
/// @param executable as the kernel showed it, for people; "(others)": several, counted together
/// @param count how often one asked
/// @param newest the newest event of the row, and what it suggests
public record UnregisteredView(
    Optional<Id> node, String uid, String executable, long count, Instant firstAt, Newest newest) {

  /// The newest event of a row.
  ///
  /// @param user name of the user on that node; empty: it has none there
  /// @param selectors that hold for the process, in the order in which one would register them
  public record Newest(long number, Instant at, String user, List<Selector> selectors) {
    public Newest {
      selectors = List.copyOf(selectors);
    }
  }

  /// One page of rows.
  ///
  /// @param next where to go on; empty: that was all
  /// @param countedFrom from when on the rows count, if older events were left out because there
  ///   are too many
  public record Rows(
      List<UnregisteredView> rows, Optional<String> next, Optional<Instant> countedFrom) {
    public Rows {
      rows = List.copyOf(rows);
    }
  }
}
