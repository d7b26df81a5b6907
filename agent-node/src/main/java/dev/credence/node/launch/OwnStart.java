package dev.credence.node.launch;

import dev.credence.platform.linux.BootClock;
import dev.credence.platform.linux.LaunchedProcess;
import dev.credence.platform.linux.OpenFile;
import dev.credence.platform.linux.PrivateView;
import dev.credence.platform.linux.ProgramFamily;
import dev.credence.platform.linux.ProgramGroup;
import dev.credence.platform.linux.PseudoTerminal;
import dev.credence.platform.linux.SpawnedProcess;
import dev.credence.platform.linux.StartGate;
import dev.credence.platform.linux.UnattestableException;
import dev.credence.platform.linux.UserNamespace;
import dev.credence.proto.launch.v1.LaunchRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// Starts one program for a node that is not root: spawned, held at a gate, looked at, registered,
/// let go, seen to run. For one launch.
///
/// @param running where the program's family is noted, and is taken away when it was closed
record OwnStart(
    LaunchParts parts,
    OwnHost host,
    OwnProgram program,
    List<String> held,
    Set<ProgramGroup> running) {
  private static final Duration HELD_WITHIN = Duration.ofSeconds(10);
  private static final Duration LOOK_EACH = Duration.ofMillis(1);
  private static final int LONGEST_ARGUMENTS = 4 << 20;
  private static final int KILL = 9;

  /// @throws LaunchRefusedException if the command is none that can be started in this way
  static OwnStart of(LaunchParts parts, OwnHost host, Set<ProgramGroup> running)
      throws LaunchRefusedException {
    OwnProgram program = OwnProgram.of(parts, host);
    List<String> held =
        new OwnStages(host)
            .held(
                parts.caller().umask(),
                ProgramCommand.withEnvironment(parts.plan(), program.command()));
    return new OwnStart(parts, host, program, held, running);
  }

  /// Starts it.
  ///
  /// @throws LaunchRefusedException with the line for the caller
  /// @throws IOException if the kernel refuses something that it should not
  StartedProgram start(LaunchRequest request, LaunchTable table)
      throws IOException, LaunchRefusedException {
    Optional<PseudoTerminal> terminal = LaunchPlace.terminal(request, parts.account());
    try (StartGate gate = StartGate.shut()) {
      var thread = new ProgramThread(() -> spawn(gate, terminal));
      try {
        return start(gate, thread, new Room(terminal, table));
      } catch (IOException | LaunchRefusedException | RuntimeException e) {
        thread.close();
        throw e;
      }
    } catch (IOException | LaunchRefusedException | RuntimeException e) {
      terminal.ifPresent(PseudoTerminal::close);
      throw e;
    }
  }

  /// What a start is made in.
  private record Room(Optional<PseudoTerminal> terminal, LaunchTable table) {}

  /// In the program's thread: the kernel ends the program with it.
  private ProgramThread.Spawned spawn(StartGate gate, Optional<PseudoTerminal> terminal)
      throws IOException {
    PrivateView.leaveKeyring();
    var files = new ArrayList<OpenFile>(parts.files().standard());
    files.add(gate.inside());
    var folders =
        new OwnStages.Folders(parts.copy().folder(), parts.plan().code().path(), program.work());
    SpawnedProcess process =
        SpawnedProcess.start(
            new SpawnedProcess.Program(
                new OwnStages(host).all(folders, held),
                ProgramCommand.environment(parts.plan()),
                files,
                terminal.map(PseudoTerminal::path)));
    return new ProgramThread.Spawned(process, PrivateView.namespace(), program.executable());
  }

  private StartedProgram start(StartGate gate, ProgramThread thread, Room room)
      throws IOException, LaunchRefusedException {
    SpawnedProcess process = thread.spawn().process();
    try {
      awaitHeld(process);
      var group = new Noted(family(process), running);
      try {
        Launched launched = launched(process);
        room.table().add(launched);
        try {
          gate.open();
          firstSight().await(process, launched);
          return new StartedProgram(process, launched, thread, group, room.terminal(), notices());
        } catch (IOException | LaunchRefusedException | RuntimeException e) {
          room.table().remove(launched);
          throw e;
        }
      } catch (IOException | LaunchRefusedException | RuntimeException e) {
        group.close();
        throw e;
      }
    } catch (IOException | LaunchRefusedException | RuntimeException e) {
      end(process);
      throw e;
    }
  }

  /// It waits when it shows the arguments of the stage that does, which stays at the gate until it
  /// is opened.
  private void awaitHeld(SpawnedProcess process) throws IOException, LaunchRefusedException {
    byte[] expected = (String.join("\0", held) + "\0").getBytes(StandardCharsets.UTF_8);
    long until = System.nanoTime() + HELD_WITHIN.toNanos();
    while (!process.awaitEnd(LOOK_EACH) && System.nanoTime() < until) {
      try {
        if (Arrays.equals(LaunchedProcess.arguments(process.pid(), LONGEST_ARGUMENTS), expected)) {
          return;
        }
      } catch (UnattestableException e) {
        // In the midst of an exec; it is looked at again.
      }
    }
    throw LaunchRefusedException.of(
        "the program could not be put into its place (expected: /bin/sh, "
            + (host.views() ? "unshare and mount, " : "")
            + "and a working folder that it may enter)");
  }

  private ProgramGroup family(SpawnedProcess process) throws IOException {
    Optional<UserNamespace> users =
        host.views() ? Optional.of(UserNamespace.of(process.pid())) : Optional.empty();
    try {
      return ProgramFamily.of(process, users);
    } catch (IOException | RuntimeException e) {
      users.ifPresent(UserNamespace::close);
      throw e;
    }
  }

  private Launched launched(SpawnedProcess process) throws IOException {
    int pid = process.pid();
    try {
      long view = LaunchedProcess.mountNamespace(pid);
      long users = LaunchedProcess.userNamespace(pid);
      requireInPlace(pid);
      parts.caller().applyTo(process);
      return new Launched(
          pid,
          Launched.NO_GROUP,
          view,
          parts.evidence(),
          new CompletableFuture<>(),
          new OwnCondition(users, parts.copy(), BootClock.system()::nanos));
    } catch (UnattestableException e) {
      throw new IOException("process " + pid + " cannot be looked at: " + e.getMessage(), e);
    }
  }

  private void requireInPlace(int pid) throws IOException, UnattestableException {
    boolean works = LaunchedProcess.workingFolder(pid).sameFile(program.workIs());
    boolean covered = true;
    if (host.views()) {
      covered =
          parts.copy().isFolder(LaunchedProcess.seen(pid, parts.plan().code().path().toString()));
    }
    if (!works || !covered) {
      throw new IOException("process " + pid + " is not where it was put");
    }
  }

  private FirstSight firstSight() {
    return new FirstSight(
        program.executable(),
        host.own().uid(),
        program.command(),
        LaunchedProcess::hasCapabilitiesInBoundsOnly);
  }

  private List<String> notices() {
    var notices = new ArrayList<String>();
    notices.add("the code counts as file, not launcher: " + OwnWay.fileBecause(host));
    if (!host.views()) {
      notices.add(
          "this host lets the node make no user namespaces: the program works in "
              + program.work()
              + " instead of "
              + parts.plan().workingFolder());
    }
    return notices;
  }

  private static void end(SpawnedProcess process) {
    try {
      var _ = process.signal(KILL);
      var _ = process.collect();
    } catch (IOException e) {
      // It is gone.
    } finally {
      process.close();
    }
  }

  /// A group that the node ends when it ends itself.
  private record Noted(ProgramGroup group, Set<ProgramGroup> all) implements ProgramGroup {
    Noted {
      all.add(group);
    }

    @Override
    public void signal(int number) throws IOException {
      group.signal(number);
    }

    @Override
    public void kill() throws IOException {
      group.kill();
    }

    @Override
    public void remove() throws IOException {
      group.remove();
      all.remove(group);
    }

    @Override
    public void close() {
      group.close();
      all.remove(group);
    }
  }
}
