package dev.credence.node.launch;

import dev.credence.platform.linux.OwnProcess;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Decides how this node starts programs: by who it is, and by what this host lets it do.
/// Stateless.
final class LaunchWays {
  private static final Logger LOG = LoggerFactory.getLogger(LaunchWays.class);

  private LaunchWays() {}

  /// To be called once, at the node's start; the log says what came of it.
  ///
  /// @throws IOException if the kernel does not say who this process is
  static LaunchWay choose(LaunchSettings settings) throws IOException {
    LaunchWay way =
        OwnProcess.uid() == 0
            ? RootWay.open(settings.name())
            : OwnWay.of(OwnHost.explore(settings.hidden()));
    LOG.atInfo().addKeyValue("how", way.description()).log("programs are started");
    return way;
  }
}
