package dev.credence.node.launch;

import dev.credence.platform.linux.BootClock;
import dev.credence.platform.linux.LocalSocket;
import dev.credence.platform.linux.OpenFile;
import dev.credence.platform.linux.PeerCredentials;
import dev.credence.platform.linux.PeerRights;
import dev.credence.platform.linux.Pidfd;
import dev.credence.platform.linux.PinnedProcess;
import dev.credence.platform.linux.UnattestableException;
import dev.credence.proto.launch.v1.LaunchRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One caller that wants a program started: who it is, what it asks for, and the line that it gets
/// if it is refused. Run by a platform thread of its own, in the node's view of the file system,
/// until the program ends.
final class LaunchConnection implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(LaunchConnection.class);
  private static final Duration ASKED_WITHIN = Duration.ofSeconds(10);
  private static final int LONGEST_LINE = 1000;

  private final LocalSocket socket;
  private final PeerCredentials peer;
  private final LaunchShop shop;
  private final LaunchTurn turn;
  private final LaunchWish wish;

  /// @param turn is told when it has asked
  LaunchConnection(LocalSocket socket, PeerCredentials peer, LaunchShop shop, LaunchTurn turn) {
    this.socket = socket;
    this.peer = peer;
    this.shop = shop;
    this.turn = turn;
    this.wish = new LaunchWish(peer);
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
    Optional<LaunchRefusedException> notFor = shop.way().notFor(peer);
    if (notFor.isPresent()) {
      // It hears nothing before it has said what it wants.
      wish.is(Frames.read(socket, LaunchRequest.parser(), files, until));
      refuse(notFor.get());
      return;
    }
    Optional<Pidfd> pidfd = Pidfd.ofPeer(socket.fd());
    try (PinnedProcess caller = PinnedProcess.pin(peer, pidfd, BootClock.system().nanos())) {
      wish.isOf(caller.mark());
      LaunchRequest request = Frames.read(socket, LaunchRequest.parser(), files, until);
      wish.is(request);
      try {
        wish.at(LaunchStep.LIMIT);
        turn.asked();
        launch(request, LaunchPlan.Files.of(files), caller);
      } catch (LaunchRefusedException e) {
        refuse(e);
      } catch (IOException e) {
        LOG.atWarn().addKeyValue("peer", peer).setCause(e).log("a program could not be started");
        refuse(LaunchRefusedException.of("the program could not be started: " + e.getMessage()));
      }
    } catch (UnattestableException e) {
      wish.at(LaunchStep.CALLER);
      refuse(
          LaunchRefusedException.notByTheNode(
              "the node cannot tell who this process is: " + e.getMessage()));
    } finally {
      pidfd.ifPresent(Pidfd::close);
    }
  }

  private void launch(LaunchRequest request, LaunchPlan.Files files, PinnedProcess process)
      throws IOException, UnattestableException, LaunchRefusedException {
    var caller = new LaunchDecision.Caller(process, PeerRights.of(socket.fd(), peer));
    try (LaunchParts parts = new LaunchDecision(shop, wish).decide(request, files, caller);
        StartedProgram started = shop.way().start(parts, request, shop.table())) {
      attend(parts, started);
    }
  }

  private void attend(LaunchParts parts, StartedProgram started) throws IOException {
    // The program has its own; as long as these are open, nobody sees the end of a pipe.
    parts.files().standard().forEach(OpenFile::close);
    LOG.atInfo()
        .addKeyValue("pid", started.process().pid())
        .addKeyValue("caller", peer)
        .log("program started");
    new LaunchAttendance(socket, shop.table()).attend(started, parts);
  }

  private void refuse(LaunchRefusedException refusal) {
    String message = Said.shortened(String.valueOf(refusal.getMessage()), LONGEST_LINE);
    LOG.atInfo().addKeyValue("caller", peer).addKeyValue("reason", message).log("launch refused");
    shop.rules().refused(wish.refused(message));
    try {
      new LaunchAnswers(socket).refused(message, refusal.runItYourself());
    } catch (IOException e) {
      LOG.atDebug().addKeyValue("reason", e.getMessage()).log("a caller of a launch is gone");
    }
  }
}
