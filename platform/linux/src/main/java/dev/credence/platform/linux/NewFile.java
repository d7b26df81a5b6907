package dev.credence.platform.linux;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// A file that is being made, readable by nobody else until it is whole. For one thread.
public final class NewFile implements AutoCloseable {
  private static final int EXECUTABLE = 0x16d;
  private static final int READABLE = 0x124;

  private final Descriptor file;

  NewFile(Descriptor file) {
    this.file = file;
  }

  /// Appends the first bytes of the buffer.
  public void write(FileBuffer from, int count) throws IOException {
    try (Libc libc = Libc.frame()) {
      MemorySegment rest = from.memory().asSlice(0, count);
      while (rest.byteSize() > 0) {
        MemorySegment piece = rest;
        long written = file.use(fd -> libc.write(fd, piece));
        if (written < 0 && !Errno.EINTR.is(written)) {
          throw FileRefusedException.of("write", written);
        }
        rest = rest.asSlice(Math.max(written, 0));
      }
    }
  }

  /// Makes it what it stays: readable by all, writable by nobody, with a fixed time.
  public void seal(boolean executable) throws IOException {
    NewFolder.seal(file, executable ? EXECUTABLE : READABLE);
  }

  /// Idempotent.
  @Override
  public void close() {
    file.close();
  }
}
