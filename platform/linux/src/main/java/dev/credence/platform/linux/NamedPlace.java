package dev.credence.platform.linux;

import java.io.IOException;

/// What somebody named by a path: a folder or a file, held before anything is read from it. Links
/// in the path are followed with the reader's rights, those of /proc are not. Holding it asks
/// nothing of the file system that it lies on, so its kind can be looked at first. For one thread.
public final class NamedPlace implements AutoCloseable {
  private static final int READ = FileCalls.O_NONBLOCK | FileCalls.O_NOCTTY | FileCalls.O_CLOEXEC;

  private final String path;
  private final Descriptor place;
  private final ReadAs rights;

  private NamedPlace(String path, Descriptor place, ReadAs rights) {
    this.path = path;
    this.place = place;
    this.rights = rights;
  }

  /// Takes hold of it.
  ///
  /// @param path absolute, or relative to this process's working folder
  public static NamedPlace hold(String path, ReadAs rights) throws IOException {
    int flags = FileCalls.O_PATH | FileCalls.O_CLOEXEC;
    return new NamedPlace(
        path,
        open(Libc.NO_DIRECTORY, path, flags, FileCalls.RESOLVE_NO_MAGICLINKS, rights),
        rights);
  }

  /// What the kernel holds about it.
  public FileStat stat() throws IOException {
    return place.use(FileStat::ofDescriptor);
  }

  /// What it is.
  public FolderEntry.Kind kind() throws IOException {
    return FolderEntry.Kind.ofMode(stat().mode());
  }

  /// Opens this very folder.
  public ReadFolder folder() throws IOException {
    return place.use(fd ->
        new ReadFolder(
            open(
                fd,
                ".",
                READ | FileCalls.O_DIRECTORY,
                FileCalls.RESOLVE_BENEATH | FileCalls.RESOLVE_NO_MAGICLINKS,
                rights),
            rights));
  }

  /// Opens this very file.
  ///
  /// @throws FileRefusedException if the path leads elsewhere by now
  public ReadFile file() throws IOException {
    var file =
        new ReadFile(open(Libc.NO_DIRECTORY, path, READ, FileCalls.RESOLVE_NO_MAGICLINKS, rights));
    try {
      if (file.stat().sameFile(stat())) {
        return file;
      }
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
    file.close();
    throw new FileRefusedException(
        FileRefusedException.Why.OTHER_KIND, Quoted.of(path) + " was replaced");
  }

  private static Descriptor open(int directory, String path, int flags, int resolve, ReadAs rights)
      throws IOException {
    try (Libc libc = Libc.frame()) {
      long result = rights.as(() -> FileCalls.openat2(libc, directory, path, flags, resolve));
      if (result < 0) {
        throw FileRefusedException.of("openat2(" + Quoted.of(path) + ")", result);
      }
      return Descriptor.of(result, "open " + Quoted.of(path));
    }
  }

  /// Idempotent.
  @Override
  public void close() {
    place.close();
  }
}
