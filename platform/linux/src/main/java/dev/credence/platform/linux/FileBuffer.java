package dev.credence.platform.linux;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/// Memory through which the content of files goes, from one to another, or into a digest. What was
/// read into it is what is written from it, whatever becomes of the file meanwhile. For one thread.
public final class FileBuffer implements AutoCloseable {
  private static final int SIZE = 256 * 1024;

  private final Libc libc = Libc.frame();
  private final MemorySegment memory = libc.allocate(SIZE, 64);
  private final ByteBuffer bytes = memory.asByteBuffer();

  /// What was read last, from its first byte to its last.
  ByteBuffer filled(int count) {
    return bytes.limit(count).position(0).slice();
  }

  /// What was read last.
  ///
  /// @param count how many bytes, as [ReadFile#read] answered
  public ByteBuffer content(int count) {
    return filled(count).asReadOnlyBuffer();
  }

  MemorySegment memory() {
    return memory;
  }

  /// Closing twice is an error.
  @Override
  public void close() {
    libc.close();
  }
}
