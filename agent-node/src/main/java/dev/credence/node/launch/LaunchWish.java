package dev.credence.node.launch;

import dev.credence.platform.linux.PeerCredentials;
import dev.credence.platform.linux.ProcessMark;
import dev.credence.proto.launch.v1.LaunchRequest;
import java.util.Optional;

/// What is known of one caller's wish so far, and how far it has come. For one thread.
final class LaunchWish {
  private static final int LONGEST_PROGRAM = 500;

  private final PeerCredentials peer;
  private Optional<ProcessMark> mark = Optional.empty();
  private LaunchRefusal.Asked asked = LaunchRefusal.Asked.NOTHING;
  private LaunchStep step = LaunchStep.CALLER;

  LaunchWish(PeerCredentials peer) {
    this.peer = peer;
  }

  /// The caller's process is held fast.
  void isOf(ProcessMark process) {
    mark = Optional.of(process);
  }

  void is(LaunchRequest request) {
    String program = request.getArgumentsCount() == 0 ? "" : request.getArguments(0);
    asked =
        new LaunchRefusal.Asked(
            request.getAgent(),
            program.isEmpty() ? "" : Said.shortened(Said.quoted(program), LONGEST_PROGRAM));
  }

  /// What is decided next.
  void at(LaunchStep next) {
    step = next;
  }

  LaunchRefusal refused(String why) {
    return new LaunchRefusal(peer, mark, step, asked, why);
  }
}
