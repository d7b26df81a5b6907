package dev.credence.node.launch;

import dev.credence.platform.linux.ControlGroup;
import dev.credence.platform.linux.LocalListener;
import dev.credence.platform.linux.LocalSocket;
import dev.credence.platform.linux.PeerCredentials;
import dev.credence.transport.SocketFile;
import java.io.IOException;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The launch socket: starts programs for local callers. Thread-safe.
///
/// Nothing of a launch outlives the node that made it: its programs end with it, at its next start
/// at the latest, for only the node that started a program can say what it runs.
public final class LaunchService implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LaunchService.class);

  private final SocketFile file;
  private final LocalListener listener;
  private final LaunchShop shop;
  private final Optional<ControlGroup> home;
  private final Set<LocalSocket> open = ConcurrentHashMap.newKeySet();
  private final Map<Integer, Integer> ofUid = new HashMap<>();
  private final Thread acceptor;

  private LaunchService(
      SocketFile file, LocalListener listener, LaunchShop shop, Optional<ControlGroup> home) {
    this.file = file;
    this.listener = listener;
    this.shop = shop;
    this.home = home;
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
      Optional<ControlGroup> home = home(settings);
      LocalListener listener = LocalListener.bind(file.path());
      file.bound(PosixFilePermissions.fromString(settings.mode()));
      var numbers = new AtomicLong();
      var shop =
          new LaunchShop(
              settings, rules, copies, table, () -> group(home, numbers.incrementAndGet()));
      var service = new LaunchService(file, listener, shop, home);
      service.acceptor.start();
      return service;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static Optional<ControlGroup> home(LaunchSettings settings) {
    try {
      Optional<ControlGroup.Place> place = ControlGroup.place();
      if (place.isEmpty()) {
        return Optional.empty();
      }
      ControlGroup home = place.get().make(settings.name());
      home.remove();
      return Optional.of(place.get().make(settings.name()));
    } catch (IOException e) {
      LOG.atWarn()
          .addKeyValue("reason", e.getMessage())
          .log("no control groups can be made here, so the node starts no programs");
      return Optional.empty();
    }
  }

  private static ControlGroup group(Optional<ControlGroup> home, long number)
      throws IOException, LaunchRefusedException {
    if (home.isEmpty()) {
      throw LaunchRefusedException.notByTheNode(
          "the node cannot make control groups on this host (expected: a cgroup2 hierarchy that it may write to)");
    }
    return home.get().child(Long.toString(number));
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
      if (!enter(peer.uid())) {
        shop.rules().refused(peer, "too many launches at once");
        return;
      }
      begun = true;
      open.add(socket);
      Thread.ofPlatform()
          .name("launch-" + peer.pid())
          .daemon()
          .start(() -> {
            try {
              new LaunchConnection(socket, peer, shop).run();
            } finally {
              open.remove(socket);
              leave(peer.uid());
            }
          });
    } finally {
      if (!begun) {
        socket.close();
      }
    }
  }

  private synchronized boolean enter(int uid) {
    int total = ofUid.values().stream().mapToInt(Integer::intValue).sum();
    if (total >= shop.settings().total()
        || ofUid.getOrDefault(uid, 0) >= shop.settings().perUid()) {
      return false;
    }
    ofUid.merge(uid, 1, Integer::sum);
    return true;
  }

  private synchronized void leave(int uid) {
    ofUid.computeIfPresent(uid, (_, count) -> count == 1 ? null : count - 1);
  }

  /// Ends every program that was started, and the socket. Idempotent.
  @Override
  public void close() throws IOException {
    listener.close();
    home.ifPresent(ControlGroup::close);
    open.forEach(LocalSocket::shutdown);
    file.close();
  }
}
