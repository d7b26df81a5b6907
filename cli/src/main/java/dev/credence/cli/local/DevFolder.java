package dev.credence.cli.local;

import dev.credence.certs.TrustDomain;
import dev.credence.cli.client.CommandFailure;
import dev.credence.cli.print.Text;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;

/// The folder of one `credence dev`: configuration, data and logs of its server and node. One
/// process at a time has it open.
public final class DevFolder implements AutoCloseable {

  private static final String TRUST_DOMAIN_KEY = "trust_domain: ";

  private final Path path;
  private final SocketFolder sockets;
  private final FileChannel lock;

  private DevFolder(Path path, SocketFolder sockets, FileChannel lock) {
    this.path = path;
    this.sockets = sockets;
    this.lock = lock;
  }

  /// Creates the folder if need be and takes it.
  ///
  /// @throws CommandFailure if another process has it, or it cannot be written
  public static DevFolder open(Path folder, Map<String, String> environment) {
    var path = folder.toAbsolutePath().normalize();
    try {
      Files.createDirectories(path);
      var lock =
          FileChannel.open(
              path.resolve("dev.lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      try {
        take(path, lock);
        return new DevFolder(path, SocketFolder.of(path, environment), lock);
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw CommandFailure.failed(Text.of("%s: cannot be used: %s", path, reason(e)));
    }
  }

  private static void take(Path path, FileChannel lock) throws IOException {
    var taken = false;
    try {
      taken = lock.tryLock() != null;
    } catch (OverlappingFileLockException _) {
      // This very process has it.
    }
    if (!taken) {
      var holder = Files.readString(path.resolve("dev.lock")).strip();
      throw CommandFailure.failed(
          Text.of(
              "%s is in use by another `credence dev`%s",
              path, holder.isEmpty() ? "" : " (process " + holder + ")"));
    }
    lock.truncate(0);
    lock.write(StandardCharsets.US_ASCII.encode(ProcessHandle.current().pid() + "\n"), 0);
  }

  /// The folder itself.
  public Path path() {
    return path;
  }

  /// Where the sockets are: in the folder, unless its path is too long for the kernel.
  SocketFolder sockets() {
    return sockets;
  }

  Path file(String name) {
    return path.resolve(name);
  }

  /// The trust domain to use: the one asked for, or the one that the folder is of, or `fallback`.
  ///
  /// @throws CommandFailure if the folder is of another trust domain than asked for
  public TrustDomain trustDomain(String asked, String fallback) {
    var kept = kept();
    if (!asked.isEmpty() && kept.isPresent() && !kept.get().equals(asked)) {
      throw CommandFailure.failed(
          Text.of(
              "%s is of trust domain \"%s\" (asked for: \"%s\"): use another --dir",
              path, kept.get(), asked));
    }
    try {
      return TrustDomain.parse(asked.isEmpty() ? kept.orElse(fallback) : asked);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(String.valueOf(e.getMessage()));
    }
  }

  private Optional<String> kept() {
    try {
      return Files.readAllLines(file("server.yaml")).stream()
          .filter(line -> line.startsWith(TRUST_DOMAIN_KEY))
          .map(line -> line.substring(TRUST_DOMAIN_KEY.length()).strip())
          .findFirst();
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  void write(String name, String content) {
    try {
      Files.writeString(file(name), content);
    } catch (IOException e) {
      throw CommandFailure.failed(Text.of("%s: cannot be written: %s", file(name), reason(e)));
    }
  }

  private static String reason(IOException e) {
    return e instanceof java.nio.file.AccessDeniedException
        ? "permission denied"
        : e.getClass().getSimpleName() + ": " + e.getMessage();
  }

  @Override
  public void close() {
    sockets.close();
    try {
      lock.close();
    } catch (IOException _) {
      // The kernel gives the lock back when the process ends.
    }
  }
}
