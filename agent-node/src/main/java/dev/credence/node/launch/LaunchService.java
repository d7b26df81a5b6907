package dev.credence.node.launch;

import dev.credence.platform.linux.LocalListener;
import dev.credence.platform.linux.LocalSocket;
import dev.credence.platform.linux.PeerCredentials;
import dev.credence.transport.SocketFile;
import java.io.IOException;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The launch socket: starts programs for local callers. Thread-safe.
///
/// Nothing of a launch outlives the node that made it: its programs end with it, at its next start
/// at the latest, for only the node that started a program can say what it runs.
public final class LaunchService implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LaunchService.class);

  // A caller asks at once; one that does not is closed after ten seconds.
  private static final int MOST_SILENT = 64;
  private static final int SILENT_PER_UID = 16;
  private static final int SILENT_FOR_ROOT = 8;

  private final SocketFile file;
  private final LocalListener listener;
  private final LaunchShop shop;
  private final Set<LocalSocket> open = ConcurrentHashMap.newKeySet();
  private final LaunchTurn.Shares shares;
  private final Thread acceptor;

  private LaunchService(SocketFile file, LocalListener listener, LaunchShop shop) {
    this.file = file;
    this.listener = listener;
    this.shop = shop;
    this.shares =
        new LaunchTurn.Shares(
            new LaunchShares(MOST_SILENT, SILENT_PER_UID, SILENT_FOR_ROOT),
            new LaunchShares(
                shop.settings().total(), shop.settings().perUid(), shop.settings().forRoot()));
    this.acceptor = Thread.ofPlatform().name("launch-accept").daemon().unstarted(this::accept);
  }

  /// Ends what an earlier node of this name has left, and serves.
  ///
  /// @throws IOException with a line for people if the socket cannot be bound
  public static LaunchService open(
      LaunchSettings settings, LaunchRules rules, CodeCopies copies, LaunchTable table)
      throws IOException {
    SocketFile file = SocketFile.claim(settings.socket());
    try {
      LaunchWay way = LaunchWays.choose(settings);
      LocalListener listener = LocalListener.bind(file.path());
      file.bound(PosixFilePermissions.fromString(settings.mode()));
      var service =
          new LaunchService(file, listener, new LaunchShop(settings, rules, copies, table, way));
      service.acceptor.start();
      return service;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private void accept() {
    while (true) {
      try {
        Optional<LocalSocket> next = listener.accept();
        if (next.isEmpty()) {
          return;
        }
        begin(next.get());
      } catch (IOException | RuntimeException e) {
        LOG.atWarn().addKeyValue("reason", e.getMessage()).log("a launch could not be begun");
      }
    }
  }

  private void begin(LocalSocket socket) throws IOException {
    boolean begun = false;
    try {
      PeerCredentials peer = PeerCredentials.of(socket.fd());
      Optional<LaunchTurn> turn = shares.enter(peer.uid());
      if (turn.isEmpty()) {
        refuse(socket, peer);
        return;
      }
      begun = true;
      open.add(socket);
      Thread.ofPlatform()
          .name("launch-" + peer.pid())
          .daemon()
          .start(() -> serve(socket, peer, turn.get()));
    } finally {
      if (!begun) {
        socket.close();
      }
    }
  }

  /// What nobody reads yet fits into a new socket, so this never waits.
  private void refuse(LocalSocket socket, PeerCredentials peer) throws IOException {
    String line =
        "user "
            + Integer.toUnsignedString(peer.uid())
            + " has too many connections open that have not asked for a launch (expected: the request at once)";
    var wish = new LaunchWish(peer);
    wish.at(LaunchStep.LIMIT);
    shop.rules().refused(wish.refused(line));
    new LaunchAnswers(socket).refused(line, false);
  }

  private void serve(LocalSocket socket, PeerCredentials peer, LaunchTurn turn) {
    try (turn) {
      new LaunchConnection(socket, peer, shop, turn).run();
    } finally {
      open.remove(socket);
    }
  }

  /// Ends every program that was started, and the socket. Idempotent.
  @Override
  public void close() throws IOException {
    listener.close();
    shop.way().close();
    open.forEach(LocalSocket::shutdown);
    file.close();
  }
}
