package dev.credence.node.launch;

import dev.credence.attestors.Evidence;
import dev.credence.platform.linux.CallerSurroundings;
import java.util.List;

/// A launch that was decided on: what is started, as whom, and what is known of it for that reason.
/// The files belong to the connection.
///
/// @param files what came with the request
/// @param caller what holds the caller
/// @param copy of the code
/// @param evidence what is true of the program as long as it runs what it was given
/// @param notices what people should know about it, a line each
record LaunchParts(
    LaunchPlan plan,
    LaunchPlan.Files files,
    Account account,
    CallerSurroundings caller,
    CodeCopies.Copy copy,
    List<Evidence> evidence,
    List<String> notices)
    implements AutoCloseable {
  LaunchParts {
    evidence = List.copyOf(evidence);
    notices = List.copyOf(notices);
  }

  /// Gives the copy of the code back.
  @Override
  public void close() {
    copy.close();
  }
}
