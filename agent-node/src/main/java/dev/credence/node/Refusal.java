package dev.credence.node;

import dev.credence.attestors.Selector;
import dev.credence.certs.Id;
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
  /// @param aim what it was about
  record Caller(RefusalReason reason, int uid, int gid, String executable, Aim aim) {
    Caller(RefusalReason reason, int uid, int gid, String executable) {
      this(reason, uid, gid, executable, Aim.NONE);
    }
  }

  /// What tells one caller's refusals apart: a word of the node's own and an agent that exists,
  /// never what the caller made up.
  ///
  /// @param step at which a launch was refused; empty: it was none
  /// @param subject agent or service that it is about
  record Aim(String step, Optional<Id> subject) {
    static final Aim NONE = new Aim("", Optional.empty());
  }

  /// What the server's events say about it.
  ///
  /// @param detail why
  /// @param user name of the user on this host; empty: none, or not looked up
  /// @param selectors that hold for the process, as a person would register it; empty: that would
  ///   not help, or is not known
  /// @param subject agent or service that the process is registered as, all the same
  /// @param program that was to be started; empty: none
  record Told(
      String detail, String user, List<Selector> selectors, Optional<Id> subject, String program) {
    Told {
      selectors = List.copyOf(selectors);
    }

    Told(String detail, String user, List<Selector> selectors) {
      this(detail, user, selectors, Optional.empty(), "");
    }

    static Told of(String detail) {
      return new Told(detail, "", List.of());
    }

    /// Of a process that is registered.
    static Told about(Id subject, String detail) {
      return new Told(detail, "", List.of(), Optional.of(subject), "");
    }

    /// Of a launch.
    static Told launching(String program, String detail) {
      return new Told(detail, "", List.of(), Optional.empty(), program);
    }

    /// What is also true of others that are counted together with it.
    Told ofSeveral() {
      return new Told(detail, user, List.of(), Optional.empty(), "");
    }

    Told by(String name) {
      return new Told(detail, name, selectors, subject, program);
    }
  }

  Refusal withUser(String name) {
    return new Refusal(caller, told.by(name), mark, count);
  }
}
