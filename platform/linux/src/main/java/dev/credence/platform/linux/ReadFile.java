package dev.credence.platform.linux;

import java.io.IOException;

/// A file that was opened for reading with somebody's rights. Opening never waits, except for the
/// file system; reading is right only after [#stat()] said that it is a regular file. For one
/// thread.
public final class ReadFile implements AutoCloseable {
  private final Descriptor file;

  ReadFile(Descriptor file) {
    this.file = file;
  }

  /// What the kernel holds about the file now.
  public FileStat stat() throws IOException {
    return file.use(FileStat::ofDescriptor);
  }

  /// Reads on, into the beginning of the buffer. It may take as long as the file system likes.
  ///
  /// @return how many bytes; 0 at the end
  public int read(FileBuffer into) throws IOException {
    try (Libc libc = Libc.frame()) {
      long count;
      do {
        count = file.use(fd -> libc.read(fd, into.memory()));
      } while (Errno.EINTR.is(count));
      if (count < 0) {
        throw FileRefusedException.of("read", count);
      }
      return (int) count;
    }
  }

  /// Idempotent.
  @Override
  public void close() {
    file.close();
  }
}
