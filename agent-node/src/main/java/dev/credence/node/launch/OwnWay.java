package dev.credence.node.launch;

import dev.credence.attestors.Evidence;
import dev.credence.attestors.Selector;
import dev.credence.certs.CodeAssurance;
import dev.credence.platform.linux.PeerCredentials;
import dev.credence.platform.linux.ProgramGroup;
import dev.credence.proto.launch.v1.LaunchRequest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// That of a node which is not root: for callers of its own user, without control groups, and with
/// a view of the files only where ordinary users may make user namespaces. The node's copies are
/// the user's own files, so the code counts as a file does.
final class OwnWay implements LaunchWay {
  private final OwnHost host;
  private final Set<ProgramGroup> running = ConcurrentHashMap.newKeySet();

  private OwnWay(OwnHost host) {
    this.host = host;
  }

  static OwnWay of(OwnHost host) {
    return new OwnWay(host);
  }

  @Override
  public Optional<LaunchRefusedException> notFor(PeerCredentials caller) {
    return caller.uid() == host.own().uid()
        ? Optional.empty()
        : Optional.of(
            LaunchRefusedException.of(
                "the node runs as uid "
                    + Integer.toUnsignedString(host.own().uid())
                    + " and so starts programs for that user alone, not for uid "
                    + Integer.toUnsignedString(caller.uid())
                    + " (expected: that user, or a node that runs as root)"));
  }

  @Override
  public List<Evidence> evidence(List<Evidence> asRoot) {
    return asRoot.stream()
        .filter(one -> !one.selector().kind().equals("sandbox:cgroup"))
        .map(OwnWay::evidence)
        .toList();
  }

  /// Whoever runs under this uid can rename the folder of the code, enter the program's view, or
  /// change the copy.
  private static Evidence evidence(Evidence one) {
    Selector selector = one.selector();
    if (selector.kind().equals("sandbox:view")) {
      return Evidence.of(new Selector("sandbox", "view", "original"), one.source());
    }
    boolean launcher = one.code().filter(CodeAssurance.LAUNCHER::equals).isPresent();
    return launcher ? Evidence.of(selector, CodeAssurance.FILE, one.source()) : one;
  }

  @Override
  public Optional<String> fileBecause() {
    return Optional.of(fileBecause(host));
  }

  static String fileBecause(OwnHost host) {
    return "the node runs under the program's own uid, "
        + Integer.toUnsignedString(host.own().uid())
        + ", which can change the node's copy of it (expected: a node that runs as root)";
  }

  @Override
  public Optional<String> sharedBecause(Account account, CodeRuntime runtime) {
    return Optional.of(
        "the node itself runs under the program's own uid, "
            + Integer.toUnsignedString(host.own().uid())
            + " (expected: a node that runs as root)");
  }

  @Override
  public StartedProgram start(LaunchParts parts, LaunchRequest request, LaunchTable table)
      throws IOException, LaunchRefusedException {
    return OwnStart.of(parts, host, running).start(request, table);
  }

  @Override
  public String description() {
    return "for uid "
        + Integer.toUnsignedString(host.own().uid())
        + " alone, without control groups, "
        + (host.views()
            ? "in a user namespace and a view of the files of its own"
            : "from the copy of its code and without a view of its own: this host lets the node make no user namespaces");
  }

  @Override
  public void close() {
    running.forEach(ProgramGroup::close);
  }
}
