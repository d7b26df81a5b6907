package dev.credence.node;

import dev.credence.certs.Sha256;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets a machine whose node was evicted join anew, as another node, as soon as there is a new join
/// token in the file: with a new key, and from the old node nothing but the machine. What is on the
/// disk stays until the new node's identity is there. Each token is tried once. Thread-safe.
final class Rejoining implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Rejoining.class);

  private final NodeConfig.Server config;
  private final NodeFiles files;
  private final Supplier<Joining> joinings;
  private final NodeTrouble trouble;
  private final Consumer<Membership> onJoined;
  private final Pump pump;

  // Confined to the pump.
  private Optional<Sha256> tried = Optional.empty();

  private volatile @Nullable Joining current;

  /// @param onJoined told when this machine is another node
  Rejoining(
      NodeConfig.Server config,
      NodeFiles files,
      Attempts attempts,
      NodeTrouble trouble,
      Consumer<Membership> onJoined) {
    this.config = config;
    this.files = files;
    this.joinings = attempts.joinings();
    this.trouble = trouble;
    this.onJoined = onJoined;
    this.pump = new Pump(attempts.executor(), this::look);
  }

  /// How it is tried.
  ///
  /// @param joinings makes one for each token
  record Attempts(Supplier<Joining> joinings, Executor executor) {}

  /// The server says that this node is none any more; called again and again while it says so.
  void evicted() {
    pump.signal();
  }

  private void look() {
    try {
      Optional<Path> file = config.joinTokenFile();
      Optional<TokenFile> token = file.isPresent() ? TokenFile.read(file.get()) : Optional.empty();
      if (token.isPresent() && files.hasJoinedWith(token.get().digest())) {
        token.get().forget();
      } else if (token.isPresent() && !tried.equals(Optional.of(token.get().digest()))) {
        tried = Optional.of(token.get().digest());
        join(Invitation.of(token.get()));
      }
    } catch (StartException | IOException e) {
      trouble.notJoined(String.valueOf(e.getMessage()));
    }
  }

  private void join(Invitation invitation) throws StartException, IOException {
    close();
    Membership membership =
        new MembershipChoice(config).choose(files, Optional.of(invitation.membership()));
    LOG.atWarn().log("there is a new join token; joining anew, as another node");
    Joining joining = joinings.get();
    current = joining;
    var _ =
        joining
            .anew(membership, invitation)
            .whenComplete((_, failure) -> {
              if (failure == null) {
                onJoined.accept(membership);
              } else if (failure instanceof StartException) {
                trouble.notJoined(String.valueOf(failure.getMessage()));
              }
            });
  }

  /// Ends the attempt that is under way.
  @Override
  public void close() {
    Joining joining = current;
    if (joining != null) {
      joining.stop();
    }
  }
}
