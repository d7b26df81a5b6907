package dev.credence.node.launch;

import dev.credence.platform.linux.ControlGroup;
import java.io.IOException;

/// What all launches of a node share.
///
/// @param groups makes an empty group for one launch
record LaunchShop(
    LaunchSettings settings,
    LaunchRules rules,
    CodeCopies copies,
    LaunchTable table,
    Groups groups) {

  /// Where launches get their groups from.
  interface Groups {
    /// @throws LaunchRefusedException if this host has none
    ControlGroup next() throws IOException, LaunchRefusedException;
  }
}
