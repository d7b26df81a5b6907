package dev.credence.server.core;

import java.util.OptionalInt;

/// A call that a node refused on its own.
///
/// @param reason a word: "unregistered", "mark-changed", "unattestable", "missing-header"
/// @param detail for people
/// @param count how often since it was last reported, at least 1
public record NodeRefusal(String reason, String detail, Caller process, long count) {
  /// The process that called, as far as the node could tell.
  ///
  /// @param pid empty: it could not be pinned, so the number would mean nothing
  public record Caller(OptionalInt pid, int uid, int gid, String executable) {}
}
