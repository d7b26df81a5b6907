package dev.credence.node.launch;

import dev.credence.attestors.Evidence;
import dev.credence.platform.linux.PeerCredentials;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What the node's registrations say about launches. Thread-safe.
public interface LaunchRules {
  /// Why there is nothing to go by now: not heard from the server yet; empty: there is.
  Optional<String> notNow();

  /// Names of variables that can change which code runs, and that some registration of the agent
  /// names (`launch:env`), so that they are passed on, and become evidence.
  ///
  /// @param agent NAME or OWNER/NAME
  Set<String> variables(String agent);

  /// Why no registration of the agent would lead to a program with this evidence; empty: one would.
  ///
  /// @param known everything that is known before the program runs
  Optional<String> mismatch(String agent, List<Evidence> known);

  /// A launch was refused; for the event.
  void refused(PeerCredentials caller, String why);
}
