package dev.credence.transport;

import dev.credence.platform.linux.UnixSocketPath;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The place of a socket in the file system. A lock file beside it (`PATH.lock`) says whose it is,
/// so that a socket that a dead process left is replaced, and one that somebody serves is not.
public final class SocketFile implements AutoCloseable {
  private final Path path;
  private final FileChannel lock;
  private @Nullable Object own;

  private SocketFile(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /// Takes the path and clears away what a dead process left there.
  ///
  /// @throws UnixSocketException with a line for people: too long, in use, not a socket, no such
  ///   folder
  public static SocketFile claim(Path given) throws UnixSocketException {
    Path path = given.toAbsolutePath().normalize();
    try {
      UnixSocketPath.check(path);
    } catch (IllegalArgumentException e) {
      throw new UnixSocketException(String.valueOf(e.getMessage()), e);
    }
    Path folder = path.getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new UnixSocketException("folder of socket " + path + " does not exist");
    }
    try {
      FileChannel lock = lock(path);
      try {
        clear(path);
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
      return new SocketFile(path, lock);
    } catch (UnixSocketException e) {
      throw e;
    } catch (IOException e) {
      throw new UnixSocketException("socket " + path + ": " + e.getMessage(), e);
    }
  }

  /// Where it is, as an absolute path.
  public Path path() {
    return path;
  }

  /// Called once the socket is bound.
  ///
  /// @param mode who may connect
  public void bound(Set<PosixFilePermission> mode) throws IOException {
    Files.setPosixFilePermissions(path, mode);
    own =
        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey();
  }

  /// Removes the socket, if it is still the one that was bound, and gives the path free.
  @Override
  public void close() throws IOException {
    try (lock) {
      if (own != null && Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        BasicFileAttributes now =
            Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (own.equals(now.fileKey())) {
          Files.delete(path);
        }
      }
    }
  }

  private static FileChannel lock(Path path) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path.resolveSibling(path.getFileName() + ".lock"),
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      channel.close(); // served by this very process
      throw inUse(path);
    }
    channel.close();
    throw inUse(path);
  }

  private static void clear(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    BasicFileAttributes found =
        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!found.isOther()) {
      throw new UnixSocketException(path + " exists and is not a socket");
    }
    if (answers(path)) {
      throw inUse(path);
    }
    Files.delete(path);
  }

  private static boolean answers(Path path) throws IOException {
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return probe.connect(UnixDomainSocketAddress.of(path));
    } catch (java.net.SocketException e) {
      return false;
    }
  }

  private static UnixSocketException inUse(Path path) {
    return new UnixSocketException("socket " + path + " is in use by another process");
  }
}
