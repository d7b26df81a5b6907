package dev.credence.node;

import dev.credence.attestors.Selector;
import dev.credence.platform.linux.ProcessMark;
import java.util.List;
import java.util.Optional;

/// Calls that the node refused on its own.
///
/// @param caller whose calls
/// @param told of the newest of them
/// @param mark of the process, if it could be read
/// @param count how many since the last report
record Refusal(Caller caller, Told told, Optional<ProcessMark> mark, long count) {

  /// What refusals are counted by.
  ///
  /// @param executable path as shown by the kernel; empty if it was not read
  record Caller(RefusalReason reason, int uid, int gid, String executable) {}

  /// What the server's events say about it.
  ///
  /// @param detail why
  /// @param user name of the user on this host; empty: none, or not looked up
  /// @param selectors that hold for the process, as a person would register it; empty: that would
  ///   not help, or is not known
  record Told(String detail, String user, List<Selector> selectors) {
    Told {
      selectors = List.copyOf(selectors);
    }

    static Told of(String detail) {
      return new Told(detail, "", List.of());
    }

    /// What is also true of others that are counted together with it.
    Told ofSeveral() {
      return new Told(detail, user, List.of());
    }

    Told by(String name) {
      return new Told(detail, name, selectors);
    }
  }

  Refusal withUser(String name) {
    return new Refusal(caller, told.by(name), mark, count);
  }
}
