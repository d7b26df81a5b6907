package dev.credence.server.core;

import java.util.List;
import java.util.OptionalInt;

/// A call that a node refused on its own.
///
/// @param reason a word: "unregistered", "mark-changed", "unattestable", "missing-header"
/// @param detail for people
/// @param count how often since it was last reported, at least 1
/// @param suggestion how the process could be registered
/// @param aim what it was about
public record NodeRefusal(
    String reason, String detail, Caller process, long count, Suggestion suggestion, Aim aim) {
  /// One of which no more is known than how the process could be registered.
  public NodeRefusal(
      String reason, String detail, Caller process, long count, Suggestion suggestion) {
    this(reason, detail, process, count, suggestion, Aim.NONE);
  }

  /// One about which nothing can be suggested.
  public NodeRefusal(String reason, String detail, Caller process, long count) {
    this(reason, detail, process, count, Suggestion.NONE);
  }

  /// What the caller wanted, as the node says. It is not checked yet.
  ///
  /// @param subject id of an agent or service; empty: none
  /// @param step at which a launch was refused, a word; empty: it was none
  /// @param program that was to be started; empty: none
  public record Aim(String subject, String step, String program) {
    /// Nothing is known of it.
    public static final Aim NONE = new Aim("", "", "");
  }

  /// The process that called, as far as the node could tell.
  ///
  /// @param pid empty: it could not be pinned, so the number would mean nothing
  public record Caller(OptionalInt pid, int uid, int gid, String executable) {}

  /// What the node suggests to register. It informs, and is not checked yet.
  ///
  /// @param user name of the process's user there; empty: none
  /// @param selectors those that hold for the process, in the order in which one would name them
  public record Suggestion(String user, List<RawSelector> selectors) {
    /// Nothing.
    public static final Suggestion NONE = new Suggestion("", List.of());

    public Suggestion {
      selectors = List.copyOf(selectors);
    }
  }
}
