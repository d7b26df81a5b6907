package dev.credence.server.core.model;

import dev.credence.attestors.Selector;
import dev.credence.certs.Id;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// What asked for an identity in vain, summed up: one row of the inventory.
public record UnregisteredSum(Key key, Tally tally, Newest newest) {
  /// Stands for executables that are counted together.
  public static final String OTHERS = "(others)";

  /// Somebody who asks.
  ///
  /// @param node empty: of several nodes, counted together
  /// @param uid 0 to 2^32 - 2; empty: of several users, counted together
  public record User(Optional<Id> node, OptionalLong uid) {
    /// All users of that node.
    public User several() {
      return new User(node, OptionalLong.empty());
    }
  }

  /// What is counted together.
  ///
  /// @param executable as the kernel showed it, for people; [#OTHERS]: several
  public record Key(User user, String executable) {
    public static Key othersOf(User user) {
      return new Key(user, OTHERS);
    }

    public boolean isOthers() {
      return executable.equals(OTHERS);
    }
  }

  /// @param asked how often, at least 1
  /// @param displaced how many rows were displaced into this one; one that came again counts again
  public record Tally(long asked, long displaced, Instant firstAt) {
    private Tally plus(Tally other) {
      return new Tally(
          sum(asked, other.asked),
          sum(displaced, other.displaced),
          other.firstAt.isBefore(firstAt) ? other.firstAt : firstAt);
    }

    private static long sum(long a, long b) {
      return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
    }
  }

  /// The newest event of the row.
  ///
  /// @param user name of the user on that node; empty: it has none there
  /// @param selectors that hold for the process, in the order in which one would register them
  public record Newest(long event, Instant at, String user, List<Selector> selectors) {
    public Newest {
      selectors = List.copyOf(selectors);
    }
  }

  /// This row with what another one counts.
  public UnregisteredSum plus(UnregisteredSum other) {
    return new UnregisteredSum(
        key, tally.plus(other.tally), other.newest.event > newest.event ? other.newest : newest);
  }

  /// What becomes of this row when it has to go.
  ///
  /// @param to a key of [#OTHERS]
  public UnregisteredSum displaced(Key to) {
    return new UnregisteredSum(
        to,
        new Tally(
            tally.asked,
            key.isOthers() ? tally.displaced : Tally.sum(tally.displaced, 1),
            tally.firstAt),
        new Newest(
            newest.event, newest.at, to.user.uid().isPresent() ? newest.user : "", List.of()));
  }
}
