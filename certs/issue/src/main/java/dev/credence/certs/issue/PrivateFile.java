package dev.credence.certs.issue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/// Files that only their owner may read. Stateless.
final class PrivateFile {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private PrivateFile() {}

  /// Writes a file so that after a crash it is there in full or not at all: temporary file, sync,
  /// rename, sync of the folder. It is never open to others, not even for a moment.
  static void writeAtomically(Path file, byte[] content) throws IOException {
    Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent(), "folder");
    Path temporary = folder.resolve(file.getFileName() + ".new");
    Files.deleteIfExists(temporary);
    Files.createFile(temporary, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    try (var channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.wrap(content);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
    Files.move(
        temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    sync(folder);
  }

  /// Makes what was added to or removed from a folder durable.
  static void sync(Path folder) throws IOException {
    try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /// Refuses a file that others may read or write, or that is neither its folder's owner's nor
  /// root's.
  static void requirePrivate(Path file) throws IOException {
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
    if (!OWNER_ONLY.containsAll(permissions)) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%s: mode %s (expected: rw------- or less, since it is a private key)",
              file,
              PosixFilePermissions.toString(permissions)));
    }
    Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent(), "folder");
    Object owner = Files.getAttribute(file, "unix:uid");
    if (!owner.equals(0) && !owner.equals(Files.getAttribute(folder, "unix:uid"))) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%s: belongs to uid %s (expected: the owner of its folder, or root)",
              file,
              owner));
    }
  }
}
