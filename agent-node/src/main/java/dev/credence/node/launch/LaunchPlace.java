package dev.credence.node.launch;

import dev.credence.platform.linux.ControlGroup;
import dev.credence.platform.linux.PseudoTerminal;
import dev.credence.proto.launch.v1.LaunchRequest;
import java.io.IOException;
import java.util.Optional;

/// Where one program runs: a control group of its own, and the terminal that it asked for.
///
/// @param group empty, and frozen before the program comes
/// @param terminal the program's own; empty: it gets the caller's files
record LaunchPlace(ControlGroup group, Optional<PseudoTerminal> terminal) implements AutoCloseable {
  private static final int LONGEST_SIDE = 10_000;

  /// @param group is closed if this fails
  static LaunchPlace of(ControlGroup group, LaunchRequest request, Account account)
      throws IOException {
    try {
      group.freeze();
      return new LaunchPlace(group, terminal(request, account));
    } catch (IOException | RuntimeException e) {
      group.close();
      throw e;
    }
  }

  /// The terminal that a request asks for.
  static Optional<PseudoTerminal> terminal(LaunchRequest request, Account account)
      throws IOException {
    if (!request.hasTerminal()) {
      return Optional.empty();
    }
    var size =
        new PseudoTerminal.Size(
            Math.clamp(request.getTerminal().getRows(), 1, LONGEST_SIDE),
            Math.clamp(request.getTerminal().getColumns(), 1, LONGEST_SIDE));
    return Optional.of(PseudoTerminal.open(account.uid(), size));
  }

  /// Ends whatever is left in the group.
  @Override
  public void close() {
    terminal.ifPresent(PseudoTerminal::close);
    group.close();
  }
}
