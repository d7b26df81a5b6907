package dev.credence.node.launch;

import dev.credence.attestors.Evidence;
import dev.credence.platform.linux.ControlGroup;
import dev.credence.platform.linux.PeerCredentials;
import dev.credence.platform.linux.ProcessTable;
import dev.credence.proto.launch.v1.LaunchRequest;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Root's: for every caller, each program in a control group and a view of the files of its own.
final class RootWay implements LaunchWay {
  private static final Logger LOG = LoggerFactory.getLogger(RootWay.class);

  /// The meter of isolation looks at no more either.
  private static final int MOST_PROCESSES = 32_768;

  private final Optional<ControlGroup> home;
  private final AtomicLong numbers = new AtomicLong();

  private RootWay(Optional<ControlGroup> home) {
    this.home = home;
  }

  /// Ends what an earlier node of this name has left.
  ///
  /// @param name of the node's group
  static RootWay open(String name) {
    return new RootWay(home(name));
  }

  private static Optional<ControlGroup> home(String name) {
    try {
      Optional<ControlGroup.Place> place = ControlGroup.place();
      if (place.isEmpty()) {
        return Optional.empty();
      }
      place.get().make(name).remove();
      return Optional.of(place.get().make(name));
    } catch (IOException e) {
      LOG.atWarn()
          .addKeyValue("reason", e.getMessage())
          .log("no control groups can be made here, so the node starts no programs");
      return Optional.empty();
    }
  }

  @Override
  public Optional<LaunchRefusedException> notFor(PeerCredentials caller) {
    return Optional.empty();
  }

  @Override
  public List<Evidence> evidence(List<Evidence> asRoot) {
    return asRoot;
  }

  @Override
  public Optional<String> fileBecause() {
    return Optional.empty();
  }

  /// Whoever runs the same interpreter counts as another program; whoever runs the same program of
  /// another kind need not, which only the look at the running one tells.
  @Override
  public Optional<String> sharedBecause(Account account, CodeRuntime runtime) {
    if (runtime == CodeRuntime.NATIVE || runtime == CodeRuntime.OTHER) {
      return Optional.empty();
    }
    String uid = Integer.toUnsignedString(account.uid());
    Optional<List<ProcessTable.Row>> others = ProcessTable.ofUser(account.uid(), MOST_PROCESSES);
    if (others.isEmpty()) {
      return Optional.of("the processes of uid " + uid + " cannot all be looked at");
    }
    return others.get().stream()
        .map(ProcessTable.Row::pid)
        .min(Comparator.naturalOrder())
        .map(pid ->
            "process "
                + pid
                + " runs under its uid, "
                + uid
                + ", too (expected: an account that runs nothing else, not credence run either)");
  }

  @Override
  public StartedProgram start(LaunchParts parts, LaunchRequest request, LaunchTable table)
      throws IOException, LaunchRefusedException {
    LaunchPlace place = LaunchPlace.of(group(), request, parts.account());
    try {
      LaunchStart.Running running = new LaunchStart(parts, place).start(table);
      return new StartedProgram(
          running.process(),
          running.launched(),
          running.thread(),
          place.group(),
          place.terminal(),
          List.of());
    } catch (IOException | LaunchRefusedException | RuntimeException e) {
      place.close();
      throw e;
    }
  }

  private ControlGroup group() throws IOException, LaunchRefusedException {
    if (home.isEmpty()) {
      throw LaunchRefusedException.notByTheNode(
          "the node cannot make control groups on this host (expected: a cgroup2 hierarchy that it may write to)");
    }
    return home.get().child(Long.toString(numbers.incrementAndGet()));
  }

  @Override
  public String description() {
    return home.isPresent()
        ? "as root: for every user, in a control group and a view of the files of its own"
        : "not at all: no control groups can be made here";
  }

  @Override
  public void close() {
    home.ifPresent(ControlGroup::close);
  }
}
