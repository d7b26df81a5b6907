package dev.credence.node.launch;

import dev.credence.attestors.Evidence;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What the node's registrations say about launches. Thread-safe.
public interface LaunchRules {
  /// Why there is nothing to go by now: not heard from the server yet; empty: there is.
  Optional<String> notNow();

  /// The agents with a registration on this node that may be meant, as OWNER/NAME.
  ///
  /// @param given NAME or OWNER/NAME
  List<String> agents(String given);

  /// Names of variables that some registration of the agent names (`launch:env`), so that they are
  /// passed on even if they can change which code runs.
  ///
  /// @param agent NAME or OWNER/NAME
  Set<String> variables(String agent);

  /// Why no registration of the agent would lead to a program with this evidence; empty: one would.
  ///
  /// @param known everything that is known before the program runs
  Optional<String> mismatch(String agent, BeforeStart known);

  /// What people should know of a launch that is not refused; empty: nothing.
  ///
  /// @param agent OWNER/NAME
  /// @param known the evidence that the program will have
  Optional<String> notice(String agent, List<Evidence> known);

  /// A launch was refused; for the event.
  void refused(LaunchRefusal refusal);
}
