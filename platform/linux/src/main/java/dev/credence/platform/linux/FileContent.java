package dev.credence.platform.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// A file opened for reading, from its beginning to its end. For one thread: the one that opened
/// it.
public final class FileContent implements AutoCloseable {
  private static final int CHUNK = 128 * 1024;
  private static final int STATFS_SIZE = 256;
  private static final long FUSE_SUPER_MAGIC = 0x65735546L;

  private final Descriptor file;
  private final Libc libc = Libc.frame();
  private final MemorySegment buffer = libc.allocate(CHUNK, 8);

  FileContent(Descriptor file) {
    this.file = file;
  }

  /// What the kernel holds about the file now.
  public FileStat stat() throws IOException {
    return file.use(FileStat::ofDescriptor);
  }

  /// True if a program makes the content up ([LocalFileSystems#isMadeUp]); known also of a mount
  /// that is in no table of mounts any more. It may take as long as that program likes.
  public boolean isMadeUp() throws IOException {
    try (Libc frame = Libc.frame()) {
      MemorySegment answer = frame.allocate(STATFS_SIZE, 8);
      long result = file.use(fd -> frame.fstatfs(fd, answer));
      if (result < 0) {
        throw new SystemCallException("fstatfs", result);
      }
      return answer.get(JAVA_LONG, 0) == FUSE_SUPER_MAGIC;
    }
  }

  /// Reads on. It may take as long as the file system likes.
  ///
  /// @return how many bytes were put at the beginning of `into`; 0 at the end
  public int read(byte[] into) throws IOException {
    MemorySegment part = buffer.asSlice(0, Math.min(CHUNK, into.length));
    long count;
    do {
      count = file.use(fd -> libc.read(fd, part));
    } while (Errno.EINTR.is(count));
    if (count < 0) {
      throw new SystemCallException("read", count);
    }
    MemorySegment.copy(part, JAVA_BYTE, 0, into, 0, (int) count);
    return (int) count;
  }

  /// Closing twice is an error.
  @Override
  public void close() {
    file.close();
    libc.close();
  }
}
