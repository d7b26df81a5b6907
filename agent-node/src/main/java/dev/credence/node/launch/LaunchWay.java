package dev.credence.node.launch;

import dev.credence.attestors.Evidence;
import dev.credence.platform.linux.PeerCredentials;
import dev.credence.proto.launch.v1.LaunchRequest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// How a node starts programs. Which way it has is decided once, at its start ([LaunchWays]).
/// Thread-safe.
interface LaunchWay extends AutoCloseable {
  /// Why nothing is started for a caller, by what the kernel noted when it connected; empty: it may
  /// ask.
  Optional<LaunchRefusedException> notFor(PeerCredentials caller);

  /// What is true of a program that is started in this way.
  ///
  /// @param asRoot what would be true of it if root started it
  List<Evidence> evidence(List<Evidence> asRoot);

  /// Why the code of whatever is started in this way counts as a file does; empty: it need not.
  Optional<String> fileBecause();

  /// Why a program that is started now is not apart from others of its user; empty: nothing is
  /// known against it.
  Optional<String> sharedBecause(Account account, CodeRuntime runtime);

  /// Starts a program that was decided on.
  ///
  /// @return what runs, or has ended already
  /// @throws LaunchRefusedException with the line for the caller
  /// @throws IOException if the kernel refuses something that it should not
  StartedProgram start(LaunchParts parts, LaunchRequest request, LaunchTable table)
      throws IOException, LaunchRefusedException;

  /// For the log: who starts, and what it can do.
  String description();

  /// Ends every program that was started.
  @Override
  void close();
}
