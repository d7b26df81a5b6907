package dev.credence.node;

import dev.credence.platform.linux.ProcessMark;
import java.util.Optional;

/// Calls that the node refused on its own.
///
/// @param caller whose calls
/// @param detail of the newest of them
/// @param mark of the process, if it could be read
/// @param count how many since the last report
record Refusal(Caller caller, String detail, Optional<ProcessMark> mark, long count) {

  /// What refusals are counted by.
  ///
  /// @param executable path as shown by the kernel; empty if it was not read
  record Caller(RefusalReason reason, int uid, int gid, String executable) {}
}
