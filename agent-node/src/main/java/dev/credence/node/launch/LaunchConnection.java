package dev.credence.node.launch;

import dev.credence.attestors.Evidence;
import dev.credence.platform.linux.BootClock;
import dev.credence.platform.linux.CallerSurroundings;
import dev.credence.platform.linux.ControlGroup;
import dev.credence.platform.linux.LocalSocket;
import dev.credence.platform.linux.OpenFile;
import dev.credence.platform.linux.PeerCredentials;
import dev.credence.platform.linux.PeerRights;
import dev.credence.platform.linux.Pidfd;
import dev.credence.platform.linux.PinnedProcess;
import dev.credence.platform.linux.PseudoTerminal;
import dev.credence.platform.linux.SpawnedProcess;
import dev.credence.platform.linux.UnattestableException;
import dev.credence.proto.launch.v1.LaunchEnded;
import dev.credence.proto.launch.v1.LaunchEvent;
import dev.credence.proto.launch.v1.LaunchRefused;
import dev.credence.proto.launch.v1.LaunchRequest;
import dev.credence.proto.launch.v1.LaunchStarted;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One caller that wants a program started, from its request to the program's end. Run by a
/// platform thread of its own, in the node's view of the file system.
final class LaunchConnection implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(LaunchConnection.class);
  private static final Duration ASKED_WITHIN = Duration.ofSeconds(10);
  private static final int LONGEST_LINE = 1000;

  private final LocalSocket socket;
  private final PeerCredentials peer;
  private final Shop shop;

  LaunchConnection(LocalSocket socket, PeerCredentials peer, Shop shop) {
    this.socket = socket;
    this.peer = peer;
    this.shop = shop;
  }

  /// What all connections share.
  ///
  /// @param groups makes an empty group for one launch
  record Shop(
      LaunchSettings settings,
      LaunchRules rules,
      CodeCopies copies,
      LaunchTable table,
      Groups groups) {}

  /// Where launches get their groups from.
  interface Groups {
    /// @throws LaunchRefusedException if this host has none
    ControlGroup next() throws IOException, LaunchRefusedException;
  }

  @Override
  public void run() {
    var files = new ArrayList<OpenFile>();
    try {
      serve(files);
    } catch (IOException e) {
      LOG.atDebug()
          .addKeyValue("peer", peer)
          .addKeyValue("reason", e.getMessage())
          .log("no launch");
    } catch (RuntimeException e) {
      LOG.atError().addKeyValue("peer", peer).setCause(e).log("a program could not be started");
      refuse(
          LaunchRefusedException.of(
              "the program could not be started: "
                  + e
                  + " (this is a fault of the node; its log says more)"));
    } finally {
      files.forEach(OpenFile::close);
      socket.close();
    }
  }

  private void serve(List<OpenFile> files) throws IOException {
    long until = System.nanoTime() + ASKED_WITHIN.toNanos();
    Optional<Pidfd> pidfd = Pidfd.ofPeer(socket.fd());
    try (PinnedProcess caller = PinnedProcess.pin(peer, pidfd, BootClock.system().nanos())) {
      LaunchRequest request = Frames.read(socket, LaunchRequest.parser(), files, until);
      try {
        launch(request, LaunchPlan.Files.of(files), caller);
      } catch (LaunchRefusedException e) {
        refuse(e);
      } catch (IOException e) {
        LOG.atWarn().addKeyValue("peer", peer).setCause(e).log("a program could not be started");
        refuse(LaunchRefusedException.of("the program could not be started: " + e.getMessage()));
      }
    } catch (UnattestableException e) {
      refuse(
          LaunchRefusedException.notByTheNode(
              "the node cannot tell who this process is: " + e.getMessage()));
    } finally {
      pidfd.ifPresent(Pidfd::close);
    }
  }

  private void launch(LaunchRequest request, LaunchPlan.Files files, PinnedProcess caller)
      throws IOException, UnattestableException, LaunchRefusedException {
    String agent = agent(request);
    Optional<String> notNow = shop.rules().notNow();
    if (notNow.isPresent()) {
      throw LaunchRefusedException.of(notNow.get());
    }
    CallerSurroundings surroundings = CallerSurroundings.of(peer.pid());
    if (surroundings.confinement().isPresent()) {
      throw LaunchRefusedException.notByTheNode(
          "the node does not start programs for this process: " + surroundings.confinement().get());
    }
    var callers = new CallerAccount(Accounts.ofHost(), PeerRights.of(socket.fd(), peer));
    caller.requireSame();
    Account account = callers.runsAs(request.getUser());
    LaunchPlan plan =
        LaunchPlan.of(
            request,
            files,
            account,
            new LaunchPlan.Surroundings(
                shop.settings().untouchable(),
                "unix://" + shop.settings().api(),
                shop.rules().variables(agent)));
    try (CodeCopies.Copy copy = admit(plan, callers.reader())) {
      requireProgram(plan, copy);
      List<Evidence> evidence = LaunchEvidence.of(plan, account, copy.evidence(account.uid()));
      requireRegistered(agent, evidence);
      JavaMainClass.require(plan, copy.folder());
      caller.requireSame();
      run(
          request,
          new LaunchStart.Parts(
              plan, files, account, surroundings, copy, shop.groups().next(), Optional.empty()),
          evidence);
    }
  }

  private static String agent(LaunchRequest request) throws LaunchRefusedException {
    if (!request.getAgent().matches("([a-z0-9-]{1,63}/)?[a-z0-9-]{1,63}")) {
      throw LaunchRefusedException.of(
          "--agent "
              + Said.quoted(request.getAgent())
              + " (expected: NAME or OWNER/NAME of an agent)");
    }
    return request.getAgent();
  }

  private CodeCopies.Copy admit(LaunchPlan plan, CodeCopies.Reader reader)
      throws LaunchRefusedException {
    try {
      return shop.copies().admit(new CodeCopies.Request(plan.code().path(), plan.entry(), reader));
    } catch (IOException e) {
      throw LaunchRefusedException.of("the code cannot be measured: " + e.getMessage());
    }
  }

  /// A copy of an interpreter under another name would run whatever its arguments say.
  private static void requireProgram(LaunchPlan plan, CodeCopies.Copy copy)
      throws IOException, LaunchRefusedException {
    if (plan.runtime() == CodeRuntime.NATIVE) {
      NativeProgram.require(copy.folder().resolve(plan.files().getFirst()));
    }
  }

  private void requireRegistered(String agent, List<Evidence> evidence)
      throws LaunchRefusedException {
    Optional<String> mismatch = shop.rules().mismatch(agent, evidence);
    if (mismatch.isPresent()) {
      throw LaunchRefusedException.of(mismatch.get());
    }
  }

  private void run(LaunchRequest request, LaunchStart.Parts parts, List<Evidence> evidence)
      throws IOException, LaunchRefusedException {
    try (ControlGroup group = parts.group();
        ClosedLater terminal = terminal(request, parts.account())) {
      group.freeze();
      var withTerminal =
          new LaunchStart.Parts(
              parts.plan(),
              parts.files(),
              parts.account(),
              parts.caller(),
              parts.copy(),
              group,
              terminal.terminal());
      LaunchStart.Running running = new LaunchStart(withTerminal).start(shop.table(), evidence);
      // The program has its own; as long as these are open, nobody sees the end of a pipe.
      parts.files().standard().forEach(OpenFile::close);
      try {
        supervise(group, running, withTerminal);
      } finally {
        running.thread().close();
        running.process().close();
      }
    }
  }

  private record ClosedLater(Optional<PseudoTerminal> terminal) implements AutoCloseable {
    @Override
    public void close() {
      terminal.ifPresent(PseudoTerminal::close);
    }
  }

  private static ClosedLater terminal(LaunchRequest request, Account account) throws IOException {
    if (!request.hasTerminal()) {
      return new ClosedLater(Optional.empty());
    }
    var size =
        new PseudoTerminal.Size(
            Math.clamp(request.getTerminal().getRows(), 1, 10_000),
            Math.clamp(request.getTerminal().getColumns(), 1, 10_000));
    return new ClosedLater(Optional.of(PseudoTerminal.open(account.uid(), size)));
  }

  private void supervise(ControlGroup group, LaunchStart.Running running, LaunchStart.Parts parts)
      throws IOException {
    LOG.atInfo()
        .addKeyValue("pid", running.process().pid())
        .addKeyValue("caller", peer)
        .log("program started");
    var control = new LaunchControls(socket, group, running.process());
    Thread reader = Thread.ofPlatform().name("launch-control").daemon().unstarted(control);
    try {
      started(running, parts);
      reader.start();
      SpawnedProcess.Ending ending = collect(running);
      group.remove();
      Frames.write(socket, ended(ending), List.of());
    } catch (IOException e) {
      group.close();
      LOG.atDebug().addKeyValue("reason", e.getMessage()).log("a caller of a launch is gone");
    } finally {
      control.over();
      socket.shutdown();
      join(reader);
    }
  }

  private void started(LaunchStart.Running running, LaunchStart.Parts parts) throws IOException {
    boolean seen = running.launched().mark().isDone() && !running.launched().mark().isCancelled();
    var message = LaunchStarted.newBuilder().setPid(running.process().pid());
    // One that ended before it was seen says how by its code.
    if (!seen && !running.process().awaitEnd(Duration.ZERO)) {
      message.addNotices("the program was not seen as it began: it has no code: selectors");
    }
    parts
        .plan()
        .looseBecause()
        .ifPresent(why -> message.addNotices("the code counts as file, not launcher: " + why));
    parts.plan().environment().notice().ifPresent(message::addNotices);
    try {
      Frames.write(
          socket,
          LaunchEvent.newBuilder().setStarted(message).build(),
          parts.terminal().map(it -> List.of(it.master())).orElse(List.of()));
    } catch (IOException e) {
      // Nobody is there any more: what was started ends, and is collected all the same.
      var _ = running.process().signal(9);
      LOG.atDebug().addKeyValue("reason", e.getMessage()).log("a caller of a launch is gone");
    }
  }

  private SpawnedProcess.Ending collect(LaunchStart.Running running) throws IOException {
    try {
      while (!running.process().awaitEnd(Duration.ofHours(1))) {
        // It runs.
      }
    } finally {
      // As long as it is not collected, its pid is no other process's.
      shop.table().remove(running.launched());
    }
    return running.process().collect();
  }

  private static LaunchEvent ended(SpawnedProcess.Ending ending) {
    var ended = LaunchEnded.newBuilder();
    if (ending.signalled()) {
      ended.setSignal(ending.number());
    } else {
      ended.setCode(ending.number());
    }
    return LaunchEvent.newBuilder().setEnded(ended).build();
  }

  private static void join(Thread reader) {
    boolean interrupted = false;
    while (reader.isAlive()) {
      try {
        reader.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void refuse(LaunchRefusedException refusal) {
    String message = Said.shortened(String.valueOf(refusal.getMessage()), LONGEST_LINE);
    LOG.atInfo().addKeyValue("caller", peer).addKeyValue("reason", message).log("launch refused");
    shop.rules().refused(peer, message);
    try {
      Frames.write(
          socket,
          LaunchEvent.newBuilder()
              .setRefused(
                  LaunchRefused.newBuilder()
                      .setMessage(message)
                      .setRunItYourself(refusal.runItYourself()))
              .build(),
          List.of());
    } catch (IOException e) {
      LOG.atDebug().addKeyValue("reason", e.getMessage()).log("a caller of a launch is gone");
    }
  }
}
