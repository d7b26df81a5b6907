package dev.credence.platform.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// The folder that holds everything a daemon keeps: private to its user, used by one process at a
/// time, and marked with the version of its format.
public final class DataFolder implements AutoCloseable {
  private static final String LOCK = "lock";
  private static final String FORMAT = "format";
  private static final int MAX_NOTE = 200;

  private final Path path;
  private final FileChannel lockFile;

  private DataFolder(Path path, FileChannel lockFile) {
    this.path = path;
    this.lockFile = lockFile;
  }

  /// Creates the folder (0700) or takes an existing one, locks it, and checks its format.
  ///
  /// @param product who keeps data here: "credence-server"
  /// @param formatVersion the newest format that this program knows; a newer folder is refused
  /// @throws DataFolderException with a line for people
  public static DataFolder open(Path folder, String product, int formatVersion)
      throws DataFolderException {
    Path path = folder.toAbsolutePath().normalize();
    try {
      requireNoLink(path);
      PrivateFiles.createFolder(path);
      requirePrivate(path);
      FileChannel lockFile = lock(path);
      try {
        checkFormat(path, product, formatVersion);
      } catch (IOException | RuntimeException e) {
        lockFile.close();
        throw e;
      }
      return new DataFolder(path, lockFile);
    } catch (DataFolderException e) {
      throw e;
    } catch (IOException e) {
      throw new DataFolderException(
          String.format(Locale.ROOT, "data folder %s is not writable: %s", path, reason(e)), e);
    }
  }

  public Path path() {
    return path;
  }

  /// A file or folder in here.
  public Path resolve(String name) {
    return path.resolve(name);
  }

  /// Gives the folder free for the next process. The lock file stays.
  @Override
  public void close() {
    try {
      lockFile.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("data folder " + path, e);
    }
  }

  // Whoever owns the link could lead us elsewhere at the next start.
  private static void requireNoLink(Path path) throws IOException {
    if (Files.isSymbolicLink(path)) {
      throw new DataFolderException(
          String.format(
              Locale.ROOT,
              "data folder %s is a symbolic link to %s (expected: a folder; name the one that is"
                  + " meant)",
              path,
              Printable.of(Files.readSymbolicLink(path).toString())));
    }
  }

  private static void requirePrivate(Path path) throws IOException {
    if (!PrivateFiles.isOwn(path)) {
      throw new DataFolderException(
          String.format(
              Locale.ROOT,
              "data folder %s belongs to uid %s (expected: the user that runs this, or root)",
              path,
              Files.getAttribute(path, "unix:uid")));
    }
    if (PrivateFiles.isClosedToOthers(path)) {
      return;
    }
    try (Stream<Path> content = Files.list(path)) {
      if (content.findAny().isPresent()) {
        throw new DataFolderException(
            String.format(
                Locale.ROOT,
                "data folder %s has mode %s (expected: rwx------; chmod 700)",
                path,
                PosixFilePermissions.toString(Files.getPosixFilePermissions(path))));
      }
    }
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
  }

  private static FileChannel lock(Path path) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path.resolve(LOCK),
            Set.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Optional<FileLock> lock = tryLock(channel);
    if (lock.isEmpty()) {
      String holder = read(channel);
      channel.close();
      throw new DataFolderException(
          String.format(
              Locale.ROOT, "data folder %s is in use by another process%s", path, holder));
    }
    channel.truncate(0);
    channel.write(
        UTF_8.encode(String.format(Locale.ROOT, " (pid %d)", ProcessHandle.current().pid())), 0);
    return channel;
  }

  private static Optional<FileLock> tryLock(FileChannel channel) throws IOException {
    try {
      return Optional.ofNullable(channel.tryLock());
    } catch (OverlappingFileLockException e) {
      return Optional.empty(); // held by this very process
    }
  }

  private static String read(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(MAX_NOTE);
    channel.read(bytes, 0);
    return Printable.of(UTF_8.decode(bytes.flip()).toString());
  }

  private static void checkFormat(Path path, String product, int formatVersion) throws IOException {
    Path file = path.resolve(FORMAT);
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      write(file, product, formatVersion);
      return;
    }
    String[] words = Files.readString(file).strip().split(" ", -1);
    if (words.length != 2 || !words[1].matches("\\d{1,9}")) {
      throw new DataFolderException(
          String.format(Locale.ROOT, "%s is damaged (expected: \"%s VERSION\")", file, product));
    }
    if (!words[0].equals(product)) {
      throw new DataFolderException(
          String.format(
              Locale.ROOT,
              "data folder %s belongs to %s (expected: %s)",
              path,
              Printable.of(words[0]),
              product));
    }
    int found = Integer.parseInt(words[1]);
    if (found > formatVersion) {
      throw new DataFolderException(
          String.format(
              Locale.ROOT,
              "data folder %s has format version %d, from a newer %s (expected: at most %d)",
              path,
              found,
              product,
              formatVersion));
    }
  }

  private static void write(Path file, String product, int version) throws IOException {
    PrivateFiles.writeAtomically(
        file, String.format(Locale.ROOT, "%s %d%n", product, version).getBytes(UTF_8));
  }

  private static String reason(IOException e) {
    String name = e.getClass().getSimpleName().replace("Exception", "");
    return e.getMessage() == null ? name : name + ": " + Printable.of(e.getMessage());
  }
}
