package dev.credence.platform.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// A folder that was opened with somebody's rights, and what is in it: opened relative to the open
/// folder, so that nobody who renames folders meanwhile leads the reader elsewhere. No link is
/// followed, no mount point crossed, nothing waited for. For one thread.
public final class ReadFolder implements AutoCloseable {
  private static final int LONGEST_TARGET = 4096;
  private static final int OPEN =
      FileCalls.O_NONBLOCK | FileCalls.O_NOCTTY | FileCalls.O_CLOEXEC | FileCalls.O_NOFOLLOW;
  private static final int RESOLVE =
      FileCalls.RESOLVE_BENEATH
          | FileCalls.RESOLVE_NO_SYMLINKS
          | FileCalls.RESOLVE_NO_MAGICLINKS
          | FileCalls.RESOLVE_NO_XDEV;

  private final Descriptor folder;
  private final ReadAs rights;

  ReadFolder(Descriptor folder, ReadAs rights) {
    this.folder = folder;
    this.rights = rights;
  }

  /// What the kernel holds about the folder now.
  public FileStat stat() throws IOException {
    return folder.use(FileStat::ofDescriptor);
  }

  /// All names in it. A folder is listed once.
  ///
  /// @param most how many are read; more are refused
  /// @param mostBytes how long these may be together, a few bytes for each more or less
  public List<FolderEntry> list(int most, long mostBytes) throws IOException {
    return folder.use(fd -> FolderListing.read(fd, most, mostBytes));
  }

  /// What is under a name now.
  public FolderEntry.Kind kind(String name) throws IOException {
    try (ReadFile place = new ReadFile(open(name, FileCalls.O_PATH | FileCalls.O_NOFOLLOW))) {
      return FolderEntry.Kind.ofMode(place.stat().mode());
    }
  }

  /// Opens a file; look at its [ReadFile#stat()] before reading.
  public ReadFile file(String name) throws IOException {
    return new ReadFile(open(name, OPEN));
  }

  /// Opens a folder in this one.
  public ReadFolder folder(String name) throws IOException {
    return new ReadFolder(open(name, OPEN | FileCalls.O_DIRECTORY), rights);
  }

  /// What a symbolic link says.
  public String link(String name) throws IOException {
    try (Libc libc = Libc.frame()) {
      MemorySegment buffer = libc.allocate(LONGEST_TARGET, 1);
      long length = folder.use(fd -> rights.as(() -> libc.readlinkat(fd, name, buffer)));
      if (length < 0) {
        throw FileRefusedException.of("readlink(" + Quoted.of(name) + ")", length);
      }
      if (length == LONGEST_TARGET) {
        throw new FileRefusedException(
            FileRefusedException.Why.NAME, "a link of more than " + (length - 1) + " bytes");
      }
      return FolderListing.decode(buffer.asSlice(0, length).toArray(JAVA_BYTE));
    }
  }

  private Descriptor open(String name, int flags) throws IOException {
    try (Libc libc = Libc.frame()) {
      long result =
          folder.use(fd -> rights.as(() -> FileCalls.openat2(libc, fd, name, flags, RESOLVE)));
      if (result < 0) {
        throw FileRefusedException.of("openat2(" + Quoted.of(name) + ")", result);
      }
      return Descriptor.of(result, "open " + Quoted.of(name));
    }
  }

  /// Idempotent.
  @Override
  public void close() {
    folder.close();
  }
}
