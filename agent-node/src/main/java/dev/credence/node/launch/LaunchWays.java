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
    LaunchWay way = OwnProcess.uid() == 0 ? RootWay.open(settings.name()) : withoutRoot(settings);
    LOG.atInfo().addKeyValue("how", way.description()).log("programs are started");
    return way;
  }

  /// A launched program shares the node's uid: only by not seeing the node's folder does it not see
  /// its key.
  static LaunchWay withoutRoot(LaunchSettings settings) throws IOException {
    return settings.hidden().isPresent()
        ? OwnWay.of(OwnHost.explore(settings.hidden().get()))
        : new NoWay(
            "the Workload API's socket, "
                + settings.api()
                + ", is in the node's data folder, which a node that is not root must keep from its programs (expected: `socket` outside of `data_dir`)");
  }
}
