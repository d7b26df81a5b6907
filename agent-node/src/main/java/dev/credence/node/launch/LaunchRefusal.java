package dev.credence.node.launch;

import dev.credence.platform.linux.PeerCredentials;
import dev.credence.platform.linux.ProcessMark;
import java.util.Optional;

/// A launch that was refused, for the event.
///
/// @param caller who asked, from the kernel
/// @param mark of its process; empty: it could not be held fast
/// @param step at which it was refused
/// @param asked what it asked for
/// @param why the line that it got
public record LaunchRefusal(
    PeerCredentials caller, Optional<ProcessMark> mark, LaunchStep step, Asked asked, String why) {

  /// As the caller wrote it; empty: it was not heard.
  ///
  /// @param agent NAME or OWNER/NAME
  /// @param program to be started
  public record Asked(String agent, String program) {
    /// Nothing was heard.
    public static final Asked NOTHING = new Asked("", "");
  }
}
