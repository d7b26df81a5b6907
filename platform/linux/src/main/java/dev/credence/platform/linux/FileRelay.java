package dev.credence.platform.linux;

import java.lang.foreign.MemorySegment;

/// Copies what comes out of one open file into another.
public final class FileRelay {
  private static final int PIECE = 8192;
  private static final short POLLIN = 1;
  private static final short POLLOUT = 4;

  private FileRelay() {}

  /// Copies until the end of either, or until one of them fails: a terminal whose last program has
  /// ended answers with an error. Blocks.
  public static void copy(OpenFile from, OpenFile into) {
    try (Libc libc = Libc.frame();
        LaunchCalls calls = LaunchCalls.frame()) {
      MemorySegment piece = libc.allocate(PIECE, 8);
      MemorySegment entry = calls.allocate(8, 4);
      while (true) {
        await(calls, entry, from, POLLIN);
        long count = libc.read(from.fd(), piece);
        if (count == 0 || (count < 0 && !isTransient(count))) {
          return;
        }
        for (long at = 0; at < count; ) {
          long written = libc.write(into.fd(), piece.asSlice(at, count - at));
          if (written < 0 && !isTransient(written)) {
            return;
          }
          if (written < 0) {
            await(calls, entry, into, POLLOUT);
          }
          at += Math.max(0, written);
        }
      }
    } catch (IllegalStateException e) {
      return; // one of them was closed
    }
  }

  private static boolean isTransient(long result) {
    return Errno.EINTR.is(result) || Errno.EAGAIN.is(result);
  }

  private static void await(LaunchCalls calls, MemorySegment entry, OpenFile file, short events) {
    LaunchCalls.entry(entry, 0, file.fd(), events);
    var _ = calls.poll(entry, -1);
  }
}
