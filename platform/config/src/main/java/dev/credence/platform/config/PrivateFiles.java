package dev.credence.platform.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Set;

/// Files and folders that only their owner may read, and that survive a crash whole: a reader sees
/// the old content or the new, never a part.
public final class PrivateFiles {
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private PrivateFiles() {}

  /// Replaces the file by these bytes with mode 0600, and returns when file and folder are on disk.
  public static void writeAtomically(Path file, byte[] content) throws IOException {
    Path target = file.toAbsolutePath();
    Path folder = folderOf(target);
    Path temporary = Files.createTempFile(folder, "." + target.getFileName(), ".new", OWNER_FILE);
    try {
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
    sync(folder);
  }

  /// Creates the folder with mode 0700, its parents as the umask says; an existing one stays as it
  /// is.
  public static void createFolder(Path folder) throws IOException {
    Path absolute = folder.toAbsolutePath();
    if (Files.isDirectory(absolute)) {
      return;
    }
    Path parent = absolute.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Files.createDirectory(absolute, OWNER_FOLDER);
    if (parent != null) {
      sync(parent);
    }
  }

  /// True if the file or folder belongs to this process's user or root, and no one but the owner
  /// has any right on it.
  public static boolean isPrivate(Path path) throws IOException {
    return isOwn(path) && isClosedToOthers(path);
  }

  /// True if the file or folder belongs to this process's (effective) user, or to root.
  public static boolean isOwn(Path path) throws IOException {
    int owner = (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    return owner == 0 || owner == effectiveUid();
  }

  // The owner of /proc/self is root where a process hides itself from its user: its status tells.
  private static int effectiveUid() throws IOException {
    for (String line :
        Files.readAllLines(Path.of("/proc/self/status"), StandardCharsets.ISO_8859_1)) {
      if (line.startsWith("Uid:")) {
        return Integer.parseUnsignedInt(line.split("\\s+", -1)[2]);
      }
    }
    throw new IOException("/proc/self/status: no line \"Uid:\"");
  }

  static boolean isClosedToOthers(Path path) throws IOException {
    return Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS).stream()
        .allMatch(permission -> permission.name().startsWith("OWNER_"));
  }

  private static void sync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static Path folderOf(Path file) throws IOException {
    Path folder = file.getParent();
    if (folder == null) {
      throw new IOException(String.format(Locale.ROOT, "%s is not a file", file));
    }
    return folder;
  }
}
